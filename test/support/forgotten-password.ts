// The way of a forgotten password as a browser without JavaScript goes it: for tests of its pages and of attacks on it.
import { rightPicture } from './captcha.ts';
import type { Person } from './person.ts';
import type { TestServer } from './server.ts';

export const LINK_SUBJECT = 'Demande de changement de mot de passe';

/** S3 filled in and sent; the person is at S7. */
export async function askForLink(server: TestServer, person: Person, identifier: string): Promise<void> {
  await person.open(`${server.issuer}/account/forgot`);
  await person.submit({ identifier, captchaChoice: await rightPicture(server, person) });
}

/** The link in the newest mail to this address. */
export async function mailedLink(server: TestServer, email: string): Promise<string> {
  await server.mail.waitForMessage(({ to, subject }) => to.includes(email) && subject === LINK_SUBJECT);
  return linkIn(listLinkMails(server, email).at(-1)!.text);
}

export function listLinkMails({ mail }: TestServer, email: string) {
  return mail.messages.filter(({ to, subject }) => to.includes(email) && subject === LINK_SUBJECT);
}

export function linkIn(text: string): string {
  return /https?:\S+/.exec(text)![0];
}
