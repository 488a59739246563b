// esante-idp mail list
import { listUnsentMails } from '../db/mail.ts';
import { type Command, type Commands, readWords } from './command.ts';

const list: Command = (words) => {
  const { values } = readWords(words, {});
  return {
    json: values.json === true,
    async work({ database }) {
      const mails = await listUnsentMails(database);
      const lines = mails.map(({ state, createdAt, template, address, attempts, lastError }) =>
        [state, createdAt.toISOString(), template, address, `${attempts} tries`, lastError]
          .filter(Boolean)
          .join('  '),
      );
      return { document: mails, text: lines.length === 0 ? 'no mail waits' : lines.join('\n') };
    },
  };
};

export const mailCommands: Commands = { list };
