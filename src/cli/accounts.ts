// esante-idp accounts create|show|lock|unlock|reset|reset-strong|invite-strong|require-strong|set-email|delete
import { correctEmail } from '../actions/correct-email.ts';
import { type CreateAccountDeps, createAccount } from '../actions/create-account.ts';
import { deleteAccount } from '../actions/delete-account.ts';
import type { MailDeps } from '../actions/enqueue-mail.ts';
import { inviteStrong as inviteToStrong } from '../actions/invite-strong.ts';
import { lockAccount, unlockAccount } from '../actions/lock-account.ts';
import { requireStrong } from '../actions/require-strong.ts';
import { resetAccount } from '../actions/reset-account.ts';
import { resetStrong } from '../actions/reset-strong.ts';
import { createThrottle, type Throttle } from '../actions/throttled.ts';
import { createPasswordHasher } from '../crypto/password-hasher.ts';
import { findAccountByIdentifier } from '../db/account.ts';
import type { Account } from '../domain/account.ts';
import { toPasswordPolicy, toThrottleLimits } from '../from-settings.ts';
import { type Command, CommandFailure, type Commands, readWords, required, UsageFault } from './command.ts';
import type { Workplace } from './workplace.ts';

const text = { type: 'string' as const };
const texts = { type: 'string' as const, multiple: true as const };

const create: Command = (words) => {
  const { values } = readWords(words, {
    identifier: text,
    email: text,
    'given-name': text,
    'family-name': text,
    rpps: text,
    role: texts,
    organization: text,
    'organization-id': text,
    locale: text,
  });
  const request = {
    identifier: required(values.identifier, 'identifier'),
    email: required(values.email, 'email'),
    givenName: required(values['given-name'], 'given-name'),
    familyName: required(values['family-name'], 'family-name'),
    rpps: values.rpps,
    roles: values.role ?? [],
    organization: values.organization,
    organizationId: values['organization-id'],
    locale: toLocale(values.locale),
  };
  return {
    json: values.json === true,
    async work(workplace) {
      const outcome = await createAccount(await accountDeps(workplace), request);
      if (!outcome.ok) throw new CommandFailure(describeRefusal(outcome));
      const { id, identifier, email, provisionalExpiresAt } = outcome.account;
      return {
        document: { id, identifier, provisionalPasswordExpiresAt: provisionalExpiresAt },
        text: `${identifier} is registered; the provisional password goes to ${email} and is good until ${provisionalExpiresAt?.toISOString()}`,
      };
    },
  };
};

const show = onAccount(async (_workplace, account) => account);

const lock: Command = (words) => {
  const { values, positionals } = readWords(words, { reason: text }, ['IDENTIFIER']);
  return {
    json: values.json === true,
    work: async (workplace) => {
      const account = await getAccount(workplace, positionals[0]!);
      return toResult(
        await lockAccount(workplace.database, account, values.reason),
        `${account.identifier} is locked; every session has ended`,
      );
    },
  };
};

const unlock = onAccount(
  ({ database }, account) => {
    if (account.lockedAt === undefined) throw new CommandFailure('the account is not locked');
    return unlockAccount(database, account);
  },
  ({ identifier }) => `${identifier} is unlocked`,
);

const reset = onAccount(async (workplace, account) => {
  if (account.lockedAt)
    throw new CommandFailure('the account is locked: unlock it first, its new password would not work');
  return resetAccount({ ...(await accountDeps(workplace)), throttle: throttleOf(workplace) }, account);
}, describeReset);

const setEmail: Command = (words) => {
  const { values, positionals } = readWords(words, { email: text }, ['IDENTIFIER']);
  const email = required(values.email, 'email');
  return {
    json: values.json === true,
    async work(workplace) {
      const account = await getAccount(workplace, positionals[0]!);
      const outcome = await correctEmail(
        { database: workplace.database, mail: mailOf(workplace) },
        account,
        email,
      );
      if (!outcome.ok) throw new CommandFailure(EMAIL_FAULTS[outcome.code]!);
      return toResult(
        { ...account, email },
        `${account.identifier} now has ${email}; both addresses are told`,
      );
    },
  };
};

const EMAIL_FAULTS: Record<string, string> = {
  'email.invalid': '--email is not a mail address',
  'account.emailTaken': 'another account has this mail address',
  'account.locked': 'the account is locked: unlock it first',
};

const resetStrongFactors = onAccount(
  async (workplace, account) => {
    const { database } = workplace;
    await resetStrong({ database, mail: mailOf(workplace), throttle: throttleOf(workplace) }, account.id);
    return account;
  },
  ({ identifier }) =>
    `${identifier} has no second factor any more; every session has ended, and a mail says so`,
);

const inviteStrong: Command = (words) => {
  const { values, positionals } = readWords(words, { print: { type: 'boolean' as const } }, ['IDENTIFIER']);
  const isMailed = values.print !== true;
  return {
    json: values.json === true,
    async work(workplace) {
      const { database, settings } = workplace;
      const { id, identifier, email } = await getAccount(workplace, positionals[0]!);
      const deps = {
        database,
        mail: mailOf(workplace),
        issuer: settings.IDP_ISSUER,
        ttlSeconds: settings.IDP_STRONG_LINK_TTL,
      };
      const outcome = await inviteToStrong(deps, id, { isMailed });
      if (!outcome.ok) throw new CommandFailure(INVITATION_FAULTS[outcome.code]!);
      const { link, expiresAt } = outcome;
      const until = `good until ${expiresAt.toISOString()}`;
      return isMailed
        ? { document: { id, identifier, expiresAt }, text: `a link goes to ${email}, ${until}` }
        : {
            document: { id, identifier, link, expiresAt },
            text: `${link}\n${until}; it wants the password of ${identifier} too`,
          };
    },
  };
};

const INVITATION_FAULTS: Record<string, string> = {
  'account.locked': 'the account is locked: unlock it first',
  'account.noAddress': 'the account has no mail address: --print shows the link instead',
  'account.hasStrong': 'the account has a second factor: after proof of identity, reset-strong takes it away',
};

const demandStrong: Command = (words) => {
  const { values, positionals } = readWords(words, { off: { type: 'boolean' as const } }, ['IDENTIFIER']);
  const isRequired = values.off !== true;
  return {
    json: values.json === true,
    async work(workplace) {
      const account = await getAccount(workplace, positionals[0]!);
      const changed = await requireStrong(workplace.database, account.id, isRequired);
      return toResult(
        changed ?? account,
        isRequired
          ? `${account.identifier} signs in with strong authentication everywhere from now on; every session has ended`
          : `${account.identifier} signs in with strong authentication where a service or a profession demands it`,
      );
    },
  };
};

const remove = onAccount(
  async ({ database }, account) => {
    await deleteAccount(database, account);
    return account;
  },
  ({ identifier }) => `${identifier} is deleted`,
);

export const accountCommands: Commands = {
  create,
  show,
  lock,
  unlock,
  reset,
  'set-email': setEmail,
  'reset-strong': resetStrongFactors,
  'invite-strong': inviteStrong,
  'require-strong': demandStrong,
  delete: remove,
};

function toLocale(text: string | undefined): 'fr' | 'en' {
  if (text === undefined || text === 'fr') return 'fr';
  if (text === 'en') return 'en';
  throw new UsageFault('--locale is fr or en');
}

function describeReset({ identifier, email, provisionalExpiresAt }: Account): string {
  const until = provisionalExpiresAt?.toISOString();
  return `every session of ${identifier} has ended; a new provisional password goes to ${email}, good until ${until}`;
}

/** A command on one account, which answers with the account, or for people with what was done to it. */
function onAccount(
  change: (workplace: Workplace, account: Account) => Promise<Account>,
  describe: (account: Account) => string | undefined = () => undefined,
): Command {
  return (words) => {
    const { values, positionals } = readWords(words, {}, ['IDENTIFIER']);
    return {
      json: values.json === true,
      work: async (workplace) => {
        const account = await change(workplace, await getAccount(workplace, positionals[0]!));
        return toResult(account, describe(account));
      },
    };
  };
}

async function getAccount({ database }: Workplace, identifier: string): Promise<Account> {
  const account = await findAccountByIdentifier(database, identifier);
  if (!account) throw new CommandFailure(`there is no account « ${identifier} »`);
  return account;
}

const mailOf = ({ secretKey, settings }: Workplace): MailDeps => ({
  secretKey,
  mailFrom: settings.IDP_MAIL_FROM,
});

const throttleOf = ({ database, secretKey, settings }: Workplace): Throttle =>
  createThrottle(database, secretKey.derive('throttle')[0]!, toThrottleLimits(settings));

async function accountDeps(workplace: Workplace): Promise<CreateAccountDeps> {
  const { database, settings } = workplace;
  return {
    database,
    hasher: await createPasswordHasher(),
    policy: toPasswordPolicy(settings),
    provisionalTtlSeconds: settings.IDP_PROVISIONAL_PASSWORD_TTL,
    mail: mailOf(workplace),
  };
}

function toResult(account: Account, done?: string) {
  const { passwordHash: _secret, provisionalExpiresAt, ...rest } = account;
  const document = { ...rest, provisionalPasswordExpiresAt: provisionalExpiresAt };
  const lines = Object.entries(document).filter(
    ([, value]) => value !== undefined && value !== null && String(value) !== '',
  );
  return {
    document,
    text:
      done ??
      lines
        .map(([name, value]) => `${name}: ${value instanceof Date ? value.toISOString() : value}`)
        .join('\n'),
  };
}

function describeRefusal(outcome: { code: string; [detail: string]: unknown }): string {
  if (outcome.code === 'account.taken') return `the ${outcome.field} belongs to another account`;
  const faults = Object.entries(outcome.faults as Record<string, string>);
  return faults.map(([field, fault]) => `${field} ${fault}`).join('\n');
}
