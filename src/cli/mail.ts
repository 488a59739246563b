// esante-idp mail list|retry
import { listUnsentMails, retryMails } from '../db/mail.ts';
import { isMailWithSecret } from '../domain/mail.ts';
import { type Command, CommandFailure, type Commands, readWords } from './command.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const list: Command = (words) => {
  const { values } = readWords(words, {});
  return {
    json: values.json === true,
    async work({ database }) {
      const mails = await listUnsentMails(database);
      const lines = mails.map(({ id, state, createdAt, template, address, attempts, lastError }) =>
        [state, createdAt.toISOString(), id, template, address, `${attempts} tries`, lastError]
          .filter(Boolean)
          .join('  '),
      );
      return { document: mails, text: lines.length === 0 ? 'no mail waits' : lines.join('\n') };
    },
  };
};

const retry: Command = (words) => {
  const isNamed = words.some((word) => !word.startsWith('-'));
  const { values, positionals } = readWords(words, {}, isNamed ? ['ID'] : []);
  const id = positionals[0]?.toLowerCase();
  return {
    json: values.json === true,
    async work({ database }) {
      const unsent = await listUnsentMails(database);
      const asked = unsent.filter((mail) => id === undefined || mail.id === id);
      if (id !== undefined && (!ID.test(id) || asked.length === 0))
        throw new CommandFailure(`no mail « ${id} » waits or was given up`);
      const retried = await retryMails(database, id);
      const refused = asked
        .filter((mail) => !retried.includes(mail.id))
        .map(({ id: mail, template, state }) => ({ id: mail, template, reason: toReason(template, state) }));
      const lines = [
        `${retried.length} to be tried now`,
        ...refused.map((mail) => `not ${mail.id} (${mail.template}): ${mail.reason}`),
      ];
      return { document: { retried, refused }, text: lines.join('\n') };
    },
  };
};

function toReason(template: Parameters<typeof isMailWithSecret>[0], state: 'queued' | 'dead'): string {
  if (state === 'queued') return 'it is being sent at this moment, or has expired';
  if (template === 'account-created')
    return 'its password was deleted; `accounts reset IDENTIFIER` sends another';
  return isMailWithSecret(template) ? 'its link was deleted; the person asks for another' : 'it has expired';
}

export const mailCommands: Commands = { list, retry };
