// esante-idp accounts reset-strong|invite-strong|require-strong
import { inviteStrong } from '../actions/invite-strong.ts';
import { requireStrong } from '../actions/require-strong.ts';
import { resetStrong } from '../actions/reset-strong.ts';
import { type Command, CommandFailure, type Commands, readWords } from './command.ts';
import { getAccount, mailOf, onAccount, throttleOf, toResult } from './on-account.ts';

const reset = onAccount(
  async (workplace, account) => {
    const { database } = workplace;
    await resetStrong({ database, mail: mailOf(workplace), throttle: throttleOf(workplace) }, account.id);
    return account;
  },
  ({ identifier }) =>
    `${identifier} has no second factor any more; every session has ended, and a mail says so`,
);

const invite: Command = (words) => {
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
      const outcome = await inviteStrong(deps, id, { isMailed });
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

const demand: Command = (words) => {
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

export const strongCommands: Commands = {
  'reset-strong': reset,
  'invite-strong': invite,
  'require-strong': demand,
};
