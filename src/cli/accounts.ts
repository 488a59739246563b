// esante-idp accounts create|show|lock|unlock|reset|set-email|delete; the rest of the noun is in strong-authentication.ts
import { correctEmail } from '../actions/correct-email.ts';
import { type CreateAccountDeps, createAccount } from '../actions/create-account.ts';
import { deleteAccount } from '../actions/delete-account.ts';
import { lockAccount, unlockAccount } from '../actions/lock-account.ts';
import { resetAccount } from '../actions/reset-account.ts';
import { createPasswordHasher } from '../crypto/password-hasher.ts';
import type { Account } from '../domain/account.ts';
import { toPasswordPolicy } from '../from-settings.ts';
import { type Command, CommandFailure, type Commands, readWords, required, UsageFault } from './command.ts';
import { getAccount, mailOf, onAccount, throttleOf, toResult } from './on-account.ts';
import { strongCommands } from './strong-authentication.ts';
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
  ...strongCommands,
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

function describeRefusal(outcome: { code: string; [detail: string]: unknown }): string {
  if (outcome.code === 'account.taken') return `the ${outcome.field} belongs to another account`;
  const faults = Object.entries(outcome.faults as Record<string, string>);
  return faults.map(([field, fault]) => `${field} ${fault}`).join('\n');
}
