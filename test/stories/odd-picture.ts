// The captcha as a person solves it.
import type { TestServer } from '../support/server.ts';
import type { Visitor } from './visitor.ts';

export async function chooseOddPicture(server: TestServer, { page }: Visitor): Promise<void> {
  const id = await page.locator('[name="captchaId"]').inputValue();
  // What a person sees and a test cannot.
  const { rows } = await server.database.pool.query('SELECT answer FROM captcha WHERE id = $1', [id]);
  await page.locator(`[name="captchaChoice"][value="${rows[0].answer}"]`).check();
}
