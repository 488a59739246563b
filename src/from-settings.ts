// The settings as the parts want them: whose pages these are, what a password must be, how long a guesser waits. Used by
// everything that puts parts together: app.ts, start.ts, the command line and the demo.
import { type DecoyDomains, domainsOfAccounts } from './actions/decoy-domains.ts';
import type { Settings } from './config.ts';
import type { Queryable } from './db/database.ts';
import type { ResetLimits } from './db/password-reset.ts';
import type { ThrottleLimits } from './db/throttle.ts';
import type { PasswordPolicy } from './domain/password-policy.ts';
import type { Branding } from './http/render.ts';

export function toBranding(settings: Settings): Branding {
  return {
    title: settings.IDP_TITLE,
    organisation: settings.IDP_ORGANISATION,
    portalUrl: settings.IDP_PORTAL_URL,
    supportMail: settings.IDP_SUPPORT_MAIL,
    supportPhone: settings.IDP_SUPPORT_PHONE,
  };
}

export function toPasswordPolicy(settings: Settings): PasswordPolicy {
  return {
    minLength: settings.IDP_PASSWORD_MIN_LENGTH,
    minLetters: settings.IDP_PASSWORD_LETTERS,
    minDigits: settings.IDP_PASSWORD_DIGITS,
    minMeta: settings.IDP_PASSWORD_META,
  };
}

export function toLinkLimits(settings: Settings): ResetLimits {
  return {
    ttlSeconds: settings.IDP_RESET_TTL,
    perHour: settings.IDP_RESETS_PER_HOUR,
    perDay: settings.IDP_RESETS_PER_DAY,
    perNetworkAndHour: settings.IDP_RESETS_PER_HOUR_AND_ADDRESS,
  };
}

/** Of made-up mail addresses: those configured, else those of the accounts, else the support's. */
export function toDecoyDomains(
  { IDP_RESET_DOMAINS, IDP_SUPPORT_MAIL }: Settings,
  database: Queryable,
): DecoyDomains {
  const configured = IDP_RESET_DOMAINS?.map((domain) => ({ domain, accounts: 1 }));
  if (configured) return async () => configured;
  return domainsOfAccounts(database, IDP_SUPPORT_MAIL.slice(IDP_SUPPORT_MAIL.lastIndexOf('@') + 1));
}

export function toThrottleLimits(settings: Settings): {
  identifier: ThrottleLimits;
  address: ThrottleLimits;
} {
  const waits = {
    firstWaitSeconds: settings.IDP_LOGIN_FIRST_WAIT,
    longestWaitSeconds: settings.IDP_LOGIN_LONGEST_WAIT,
  };
  return {
    identifier: {
      ...waits,
      waitFrom: settings.IDP_LOGIN_WAIT_FROM,
      failuresPerDay: settings.IDP_LOGIN_FAILURES_PER_DAY,
    },
    // Many people share an address: what one may do wrong in a day says nothing about it.
    address: { ...waits, waitFrom: settings.IDP_LOGIN_WAIT_FROM_PER_ADDRESS, failuresPerDay: 1_000_000 },
  };
}
