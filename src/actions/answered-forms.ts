// Lets a form be answered once, on whichever process, and its second click have the same answer. The answer may hold recovery codes: it
// is kept encrypted, and for a minute.
import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { findAnsweredForm, keepAnswer, releaseForm, takeForm } from '../db/answered-form.ts';
import type { Queryable } from '../db/database.ts';
import type { SecretKey } from '../domain/secret-key.ts';

export type AnsweredForms = {
  /** What another request answered to it, waited for; undefined when the caller is to answer it, and say what came of it. */
  take(form: string): Promise<string | undefined>;
  /** For a second click. */
  keep(form: string, answer: string): Promise<void>;
  /** What the form asks for was not done. */
  release(form: string): Promise<void>;
};

/** Seconds. The longest that a request takes whose process lives. */
const LONGEST_WORK = 20;
const MEMORY = 60;
/** Milliseconds between two looks at whether the other request has its answer. */
const LOOK_AGAIN_MS = 50;

/** `form`: all that makes it the same, who sent it included. */
export function answeredForms({ database, seal }: { database: Queryable; seal: SecretKey }): AnsweredForms {
  const markOf = (form: string) => hash('sha256', form, 'buffer');
  const contextOf = (mark: Buffer) => `answered form ${mark.toString('hex')}`;

  return {
    async take(form) {
      const mark = markOf(form);
      for (;;) {
        if (await takeForm(database, mark, LONGEST_WORK)) return undefined;
        const taken = await findAnsweredForm(database, mark);
        if (taken?.answer) return seal.decrypt(taken.answer, contextOf(mark));
        await sleep(LOOK_AGAIN_MS);
      }
    },
    async keep(form, answer) {
      const mark = markOf(form);
      await keepAnswer(database, mark, seal.encrypt(answer, contextOf(mark)), MEMORY);
    },
    release: (form) => releaseForm(database, markOf(form)),
  };
}
