// What commands on one account share: which account, what they change it with, and how they show it.
import type { MailDeps } from '../actions/enqueue-mail.ts';
import { createThrottle, type Throttle } from '../actions/throttled.ts';
import { findAccountByIdentifier } from '../db/account.ts';
import type { Account } from '../domain/account.ts';
import { toThrottleLimits } from '../from-settings.ts';
import { type Command, CommandFailure, type Result, readWords } from './command.ts';
import type { Workplace } from './workplace.ts';

/** A command on one account, which answers with the account, or for people with what was done to it. */
export function onAccount(
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

/** Throws `CommandFailure` where there is none. */
export async function getAccount({ database }: Workplace, identifier: string): Promise<Account> {
  const account = await findAccountByIdentifier(database, identifier);
  if (!account) throw new CommandFailure(`there is no account « ${identifier} »`);
  return account;
}

export const mailOf = ({ secretKey, settings }: Workplace): MailDeps => ({
  secretKey,
  mailFrom: settings.IDP_MAIL_FROM,
});

export const throttleOf = ({ database, secretKey, settings }: Workplace): Throttle =>
  createThrottle(database, secretKey.derive('throttle')[0]!, toThrottleLimits(settings));

/** The account, never a hash of its passwords; `done`: in words what was done to it. */
export function toResult(account: Account, done?: string): Result {
  const { passwordHash: _current, blockedPasswordHash: _blocked, provisionalExpiresAt, ...rest } = account;
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
