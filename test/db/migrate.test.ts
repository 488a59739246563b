// The schema at start.
import { migrate } from '../../src/db/migrate.ts';
import { openTestDatabase } from '../support/database.ts';

it('is brought up to date once, however many processes start at the same time, and then left alone', async () => {
  const test = await openTestDatabase({ migrated: false });
  try {
    // The embedded database belongs to one process.
    const processes = test.prepared ? 5 : 1;
    await Promise.all(Array.from({ length: processes }, () => migrate(test.database, test.connection)));
    const names = async () =>
      (await test.database.pool.query('SELECT name FROM migration ORDER BY id')).rows.map(({ name }) => name);
    const done = await names();
    expect(done.slice(0, 3)).toEqual(['0001_core', '0002_captcha', '0003_mail']);
    expect(new Set(done).size).toBe(done.length);
    await migrate(test.database, test.connection);
    expect(await names()).toEqual(done);
  } finally {
    await test.close();
  }
});
