// Words and HTML of a mail, from templates/mails: `<template>.<locale>.txt` (its first line is the subject) and
// `<template>.<locale>.pug`. Called by jobs/send-mail.ts. The text is the reference; both say the same.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { MailLocale, MailTemplate } from '../domain/mail.ts';
import type { Templates } from '../pug/load.ts';

export type MailBranding = {
  title: string;
  organisation: string;
  portalUrl: string;
  supportMail: string;
  supportPhone: string;
};

export type MailContent = {
  branding: MailBranding;
  portalUrl: string;
  params: Record<string, string>;
  /** The provisional password of `account-created`, the link of `reset-requested`. */
  secret?: string;
};

export type RenderedMail = { subject: string; text: string; html: string };

const TEMPLATES = fileURLToPath(new URL('../../templates/mails/', import.meta.url));
const texts = new Map<string, string>();

/** Throws when there is no such template, or a word of it has no value. */
export type RenderMail = (template: MailTemplate, locale: MailLocale, content: MailContent) => RenderedMail;

export function createMailRenderer(templates: Templates): RenderMail {
  return (template, locale, { branding, portalUrl, params, secret }) => {
    const name = `${template}.${locale}`;
    const html = templates.get(`mails/${name}`);
    if (html === undefined) throw new Error(`no template is named mails/${name}`);
    const words = { ...params, ...branding, portalUrl, ...(secret === undefined ? {} : { secret }) };
    const [subject = '', ...body] = fillIn(textOf(name), words).split('\n');
    return {
      subject,
      text: body.join('\n').trimStart(),
      html: html({ ...words, branding, locale, subject }),
    };
  };
}

/** One pass: a value that looks like a placeholder stays what it is. */
function fillIn(text: string, words: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (_, word: string) => {
    const value = Object.hasOwn(words, word) ? words[word] : undefined;
    if (value === undefined) throw new Error(`the mail has no value for {${word}}`);
    return value;
  });
}

function textOf(name: string): string {
  const text = texts.get(name) ?? readFileSync(`${TEMPLATES}${name}.txt`, 'utf8');
  texts.set(name, text);
  return text;
}
