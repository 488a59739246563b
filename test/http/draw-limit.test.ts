import type { Context } from 'koa';
import { drawLimit } from '../../src/http/draw-limit.ts';

const from = (address: string) => ({ state: { address } }) as unknown as Context;

it('lets an address draw 120 times a minute, and no other pay for it', async () => {
  const limit = drawLimit();
  const results = [];
  for (let n = 0; n < 4; n++) {
    results.push(...(await Promise.allSettled(Array.from({ length: 35 }, () => limit(from('192.0.2.1'))))));
    await new Promise((done) => setTimeout(done, 1_050));
  }
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(120);
  const refused = results.find((result) => result.status === 'rejected');
  expect(refused?.reason).toMatchObject({ status: 429, retryAfterSeconds: expect.any(Number) });
  await expect(limit(from('192.0.2.2'))).resolves.toBeUndefined();
});

it('lets all addresses together draw 40 times a second', async () => {
  const limit = drawLimit();
  const results = await Promise.allSettled(
    Array.from({ length: 100 }, (_, n) => limit(from(`192.0.2.${n}`))),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(40);
});
