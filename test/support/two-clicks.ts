// A form that is clicked twice, with the cookies that the browser had before the first answer.
import type { FilledForm, Person } from './person.ts';

export const WHEN = ['at the same moment', 'one after the other'] as const;

export async function clickTwice(
  person: Person,
  form: FilledForm,
  when: (typeof WHEN)[number],
): Promise<[Response, Response]> {
  const cookie = person.cookieHeader(new URL(form.action));
  const click = () => person.send(form, { cookie });
  if (when === 'at the same moment') return Promise.all([click(), click()]);
  return [await click(), await click()];
}
