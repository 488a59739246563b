// What every login step needs, and the beginning they share: the interaction of this browser, its language, and where
// its forms may lead.
import type { KeyObject } from 'node:crypto';
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { Client } from 'oidc-provider';
import type { ChangePasswordDeps } from '../../src/actions/change-password.ts';
import type { EnrolDeps } from '../../src/actions/enrol-factor.ts';
import type { VerifyCaptchaDeps } from '../../src/actions/verify-captcha.ts';
import type { VerifyCodeDeps } from '../../src/actions/verify-code.ts';
import type { VerifyPasskeyDeps } from '../../src/actions/verify-passkey.ts';
import type { VerifyPasswordDeps } from '../../src/actions/verify-password.ts';
import type { Account } from '../../src/domain/account.ts';
import { ACCOUNT_CLIENT_ID } from '../../src/domain/client-id.ts';
import type { LoginRules } from '../../src/domain/login-flow.ts';
import { type LoginMethod, offeredMethods } from '../../src/domain/login-methods.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { PasswordPolicy } from '../../src/domain/password-policy.ts';
import { toFormActionOrigins } from '../../src/http/content-security-policy.ts';
import type { Form } from '../../src/http/form-body.ts';
import { useLocale } from '../../src/http/locale.ts';
import type { Render } from '../../src/http/render.ts';
import { translator } from '../../src/http/translate.ts';
import type { GrantConsentDeps } from '../../src/oidc/grant-consent.ts';
import { type LoginInteraction, loadInteraction } from '../../src/oidc/interaction.ts';
import { isUndone } from '../account/undone.ts';
import type { Enrolments } from '../enrolments.ts';
import type { PasswordClaims } from './password-claim.ts';
import type { TrustCookie } from './trusted-browser.ts';

export type LoginDeps = VerifyPasswordDeps &
  ChangePasswordDeps &
  VerifyCaptchaDeps &
  GrantConsentDeps &
  VerifyCodeDeps &
  VerifyPasskeyDeps &
  EnrolDeps & {
    provider: Provider;
    /** The issuer is https. */
    secure: boolean;
    render: Render;
    /** For the operator's figures. */
    countLogin: (method: string, result: string) => void;
    policy: PasswordPolicy;
    /** Enabled and built, in display order. */
    methods: LoginMethod[];
    rules: LoginRules;
    findAccount: (id: string) => Promise<Account | undefined>;
    isFirstParty: (clientId: string) => Promise<boolean>;
    /** Whether the password alone lets somebody have their first second factor. */
    enrolsItself: boolean;
    claims: PasswordClaims;
    /** What challenges of passkeys are made with. */
    passkeyKey: KeyObject;
    /** Undefined where browsers are not trusted. */
    trust: TrustCookie | undefined;
    trustDays: number;
    enrolments: Enrolments;
    /** Of the product: what authenticator applications show. */
    title: string;
    browser: { read(ctx: Context): string | undefined; ensure(ctx: Context): string };
  };

export type LoginStepContext = {
  interaction: LoginInteraction;
  /** The address of a step of this login. */
  url(step?: string): string;
  /** What the pages of a login have in common. */
  locals: { serviceName: string; abortUrl: string; undone: boolean };
};

/** Throws `SessionNotFound` when there is no such login in this browser. */
export async function beginStep({ provider, rules }: LoginDeps, ctx: Context): Promise<LoginStepContext> {
  const interaction = await loadInteraction(provider, ctx, rules);
  const { uid, client, params, redirectUri } = interaction;
  if (typeof params.ui_locales === 'string') useLocale(ctx, params.ui_locales);
  ctx.state.formActionOrigins = toFormActionOrigins([redirectUri]);
  const url = (step?: string) => stepUrl(uid, step);
  return {
    interaction,
    url,
    locals: {
      serviceName: serviceNameOf(ctx, client),
      abortUrl: url('abort'),
      undone: client.clientId === ACCOUNT_CLIENT_ID && isUndone(ctx),
    },
  };
}

export const LONGEST_HINT = 200;

/** The identifier that the service knows already; or of whoever is signed in, and has to prove more. */
export async function knownIdentifier(
  { findAccount }: Pick<LoginDeps, 'findAccount'>,
  { interaction: { params, raw } }: LoginStepContext,
): Promise<string> {
  const hint = params.login_hint;
  if (typeof hint === 'string') return hint.slice(0, LONGEST_HINT);
  const accountId = raw.session?.accountId;
  return (accountId === undefined ? undefined : await findAccount(accountId))?.identifier ?? '';
}

/** What was typed at S1, but for the secret. */
export function typedCredentials(form: Form): { identifier: string; sharedComputer: boolean } {
  return {
    identifier: form.get('identifier').slice(0, LONGEST_HINT),
    sharedComputer: form.has('sharedComputer'),
  };
}

const FIGURES: Record<string, string> = {
  throttled: 'throttled',
  'login.ended': 'throttled',
  'login.provisionalExpired': 'expired',
};

/** What the operator's figures call the end of a try. */
export function figureOf(outcome: Outcome): string {
  return outcome.ok ? 'proved' : (FIGURES[outcome.code] ?? 'refused');
}

/** The tabs of S1: the methods that reach the level asked for. */
export function methodTabs(
  { methods }: Pick<LoginDeps, 'methods'>,
  { interaction, url }: LoginStepContext,
  current: LoginMethod,
) {
  return offeredMethods(methods, interaction.request.acr).map((name) => ({
    name,
    href: url(name),
    current: name === current,
  }));
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
