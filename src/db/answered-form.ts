// The table of what was answered to a form that may be sent once. Used by actions/answered-forms.ts.
import type { Queryable } from './database.ts';

/** False when somebody else has it. @param seconds it is theirs for so long at most */
export async function takeForm(on: Queryable, mark: Buffer, seconds: number): Promise<boolean> {
  return (await on.query('answered-form/take', [mark, seconds])).length === 1;
}

/** Undefined when nobody has it; `answer` is null while there is none. */
export async function findAnsweredForm(
  on: Queryable,
  mark: Buffer,
): Promise<{ answer: Buffer | null } | undefined> {
  const [row] = await on.query<{ answer: Buffer | null }>('answered-form/find', [mark]);
  return row;
}

export async function keepAnswer(
  on: Queryable,
  mark: Buffer,
  answer: Buffer,
  seconds: number,
): Promise<void> {
  await on.query('answered-form/keep', [mark, answer, seconds]);
}

/** Nothing came of it: anybody may take it. */
export async function releaseForm(on: Queryable, mark: Buffer): Promise<void> {
  await on.query('answered-form/release', [mark]);
}

/** Deletes at most 1,000 whose time is over; returns how many. */
export async function purgeAnsweredForms(on: Queryable): Promise<number> {
  return (await on.query('answered-form/purge')).length;
}
