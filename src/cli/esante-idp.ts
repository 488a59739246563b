#!/usr/bin/env node
// `npx esante-idp <noun> <verb>`: the operator's command line, while the server runs or not. With --json: one JSON
// document on standard output and nothing else. Exit code 1 for a failure, 2 for wrong usage.
import { readEnvironment } from '../config.ts';
import { listSigningKeys } from '../db/signing-key.ts';
import { toStartFault } from '../start-fault.ts';
import { accountCommands } from './accounts.ts';
import { clientCommands } from './clients.ts';
import { type Command, CommandFailure, type Commands, UsageFault } from './command.ts';
import { doctor } from './doctor.ts';
import { mailCommands } from './mail.ts';
import { usage } from './usage.ts';
import { openWorkplace } from './workplace.ts';

const nouns: Record<string, Commands> = {
  accounts: accountCommands,
  clients: clientCommands,
  mail: mailCommands,
};

function findCommand(noun: string, words: string[]): ReturnType<Command> {
  if (noun === 'doctor') return doctor(words);
  const [verb = '', ...rest] = words;
  const command =
    Object.hasOwn(nouns, noun) && Object.hasOwn(nouns[noun]!, verb) ? nouns[noun]![verb] : undefined;
  if (!command) throw new UsageFault(`there is no command « ${noun} ${verb} »`);
  return command(rest);
}

async function run([noun = '', ...words]: string[]): Promise<void> {
  if (noun === '' || noun === 'help' || noun === '--help') {
    process.stdout.write(`${usage}\n`);
    return;
  }
  // Before the database is opened: wrong usage costs nothing.
  const { work, json } = findCommand(noun, words);
  const workplace = await openWorkplace(readEnvironment());
  try {
    // Which says itself that the key is another.
    if (noun !== 'doctor') await listSigningKeys(workplace.database, workplace.secretKey);
    const { document, text, hasFailed } = await work(workplace);
    if (hasFailed) process.exitCode = 1;
    process.stdout.write(json ? `${JSON.stringify(document)}\n` : `${text}\n`);
  } finally {
    await workplace.close();
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageFault) {
    process.stderr.write(`esante-idp: ${error.message}\n\n${usage}\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(
      `esante-idp: ${error instanceof CommandFailure ? error.message : toStartFault(error)}\n`,
    );
    process.exitCode = 1;
  }
}
