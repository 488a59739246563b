// Reads the right picture of the captcha on a page from the database: what a person sees, a test cannot.
import type { Person } from './person.ts';
import type { TestServer } from './server.ts';

/** `captchaChoice` for the captcha that this person's page shows. */
export async function rightPicture(server: TestServer, person: Person): Promise<string> {
  const id = /name="captchaId" value="([^"]+)"/.exec(person.page!.body)?.[1];
  const { rows } = await server.database.pool.query('SELECT answer FROM captcha WHERE id = $1', [id]);
  return String(rows[0].answer);
}
