import { createPasswordHasher, HasherBusy } from '../../src/crypto/password-hasher.ts';
import { createSecretKey, parseSecretKeys } from '../../src/crypto/secret-key.ts';

const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

describe('the secret key', () => {
  it('opens what it sealed, for the same row only', () => {
    const key = createSecretKey([first]);
    const sealed = key.encrypt('provisoire é', 'mail:1');
    expect(sealed.toString('latin1')).not.toContain('provisoire');
    expect(key.decrypt(sealed, 'mail:1')).toBe('provisoire é');
    expect(() => key.decrypt(sealed, 'mail:2')).toThrow(/IDP_SECRET_KEY/);
  });

  it('opens with any key of the list, and seals with the first', () => {
    const old = createSecretKey([first]).encrypt('x', 'c');
    const rotated = createSecretKey([second, first]);
    expect(rotated.decrypt(old, 'c')).toBe('x');
    expect(() => createSecretKey([first]).decrypt(rotated.encrypt('x', 'c'), 'c')).toThrow();
  });

  it('notices a changed byte', () => {
    const sealed = createSecretKey([first]).encrypt('x', 'c');
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed[index]! ^= 1;
      expect(() => createSecretKey([first]).decrypt(changed, 'c')).toThrow();
    }
  });

  it('derives another key for each purpose', () => {
    const key = createSecretKey([first]);
    expect(key.derive('a')[0]).toEqual(key.derive('a')[0]);
    expect(key.derive('a')[0]).not.toEqual(key.derive('b')[0]);
  });

  it.each(['', 'abc', first.toString('hex'), `${first.toString('base64url')},`])('refuses %j', (text) => {
    expect(() => parseSecretKeys(text)).toThrow();
  });
});

describe('the password hasher', () => {
  it('verifies what it hashed, whatever the normal form, and nothing else', async () => {
    const hasher = await createPasswordHasher(2);
    const hash = await hasher.hash('e\u0301té-2024!');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
    expect(await hasher.verify(hash, '\u00e9té-2024!')).toBe(true);
    expect(await hasher.verify(hash, 'été-2024! ')).toBe(false);
    expect(await hasher.verify(undefined, 'été-2024!')).toBe(false);
    expect(hasher.needsRehash(hash)).toBe(false);
    expect(hasher.needsRehash(hash.replace('t=2', 't=1'))).toBe(true);
  });

  it('turns away those who would wait too long, and serves the rest', async () => {
    const hasher = await createPasswordHasher(1);
    const hash = await hasher.hash('x');
    const results = await Promise.allSettled(Array.from({ length: 400 }, () => hasher.verify(hash, 'x')));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(400);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(HasherBusy);
    expect(hasher.load).toBe(0);
    expect(await hasher.verify(hash, 'x')).toBe(true);
  });
});
