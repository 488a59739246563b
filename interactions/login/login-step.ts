// What every login step needs, and the beginning they share: the interaction of this browser, its language, and where
// its forms may lead.
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { Client } from 'oidc-provider';
import type { ChangePasswordDeps } from '../../src/actions/change-password.ts';
import type { VerifyCaptchaDeps } from '../../src/actions/verify-captcha.ts';
import type { VerifyPasswordDeps } from '../../src/actions/verify-password.ts';
import type { Account } from '../../src/domain/account.ts';
import { ACCOUNT_CLIENT_ID } from '../../src/domain/client-id.ts';
import type { LoginMethod } from '../../src/domain/login-methods.ts';
import type { PasswordPolicy } from '../../src/domain/password-policy.ts';
import { toFormActionOrigins } from '../../src/http/content-security-policy.ts';
import { useLocale } from '../../src/http/locale.ts';
import type { Render } from '../../src/http/render.ts';
import { translator } from '../../src/http/translate.ts';
import type { GrantConsentDeps } from '../../src/oidc/grant-consent.ts';
import { type LoginInteraction, loadInteraction } from '../../src/oidc/interaction.ts';

export type LoginDeps = VerifyPasswordDeps &
  ChangePasswordDeps &
  VerifyCaptchaDeps &
  GrantConsentDeps & {
    provider: Provider;
    /** The issuer is https. */
    secure: boolean;
    render: Render;
    /** For the operator's figures. */
    countLogin: (method: string, result: string) => void;
    policy: PasswordPolicy;
    /** Enabled and built, in display order. */
    methods: LoginMethod[];
    /** Levels that they reach. */
    acrValues: string[];
    findAccount: (id: string) => Promise<Account | undefined>;
    isFirstParty: (clientId: string) => Promise<boolean>;
    browser: { read(ctx: Context): string | undefined; ensure(ctx: Context): string };
  };

export type LoginStepContext = {
  interaction: LoginInteraction;
  /** The address of a step of this login. */
  url(step?: string): string;
  /** What the pages of a login have in common. */
  locals: { serviceName: string; abortUrl: string };
};

/** Throws `SessionNotFound` when there is no such login in this browser. */
export async function beginStep({ provider, acrValues }: LoginDeps, ctx: Context): Promise<LoginStepContext> {
  const interaction = await loadInteraction(provider, ctx, acrValues);
  const { uid, client, params, redirectUri } = interaction;
  if (typeof params.ui_locales === 'string') useLocale(ctx, params.ui_locales);
  ctx.state.formActionOrigins = toFormActionOrigins([redirectUri]);
  const url = (step?: string) => stepUrl(uid, step);
  return {
    interaction,
    url,
    locals: { serviceName: serviceNameOf(ctx, client), abortUrl: url('abort') },
  };
}

/** « Mon compte » has one in each language. */
export function serviceNameOf(
  ctx: Context,
  { clientId, clientName }: Pick<Client, 'clientId' | 'clientName'>,
) {
  if (clientId === ACCOUNT_CLIENT_ID) return translator(ctx.state.locale)('account.home.title');
  return clientName ?? clientId;
}

/** The address of a step of a login; without a step, the dispatcher's. */
export function stepUrl(uid: string, step?: string): string {
  return `/interaction/${uid}${step === undefined ? '' : `/${step}`}`;
}
