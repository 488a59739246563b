// The answer to the captcha of a form, as its fields and the browser's cookie give it.
import type { Context } from 'koa';
import type { CaptchaAnswer } from '../src/actions/verify-captcha.ts';
import type { Form } from '../src/http/form-body.ts';

export type Browser = { read(ctx: Context): string | undefined; ensure(ctx: Context): string };

/** @param name the form that the captcha was drawn for */
export function readCaptchaAnswer(ctx: Context, browser: Browser, form: Form, name: string): CaptchaAnswer {
  return {
    form: name,
    binding: browser.read(ctx),
    captchaId: form.get('captchaId'),
    captchaChoice: form.get('captchaChoice'),
    altcha: form.get('altcha'),
  };
}
