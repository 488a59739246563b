// The password that a new account is mailed: to be typed once, from a screen or a sheet of paper.
import type { PasswordPolicy } from './password-policy.ts';

// Without look-alikes: no 0 O o, 1 l I i, 5 S, 2 Z, 8 B; and signs that any keyboard shows.
const LETTERS = 'ACDEFGHJKLMNPQRTUVWXYabcdefghjkmnpqrstuvwxyz';
const DIGITS = '34679';
const META = '!@#%&';
const LENGTH = 16;

/**
 * At least 16 characters that fit the policy, never with a sign first.
 * @param randomInt uniform over [0, bound): `crypto.randomInt`
 */
export function makeProvisionalPassword(
  policy: PasswordPolicy,
  randomInt: (bound: number) => number,
): string {
  const pick = (alphabet: string) => alphabet[randomInt(alphabet.length)]!;
  const pickMany = (count: number, alphabet: string) => Array.from({ length: count }, () => pick(alphabet));
  const required = [
    ...pickMany(Math.max(2, policy.minDigits), DIGITS),
    ...pickMany(Math.max(2, policy.minMeta), META),
  ];
  const letters = Math.max(policy.minLetters, LENGTH - required.length, policy.minLength - required.length);
  const characters = [...required, ...pickMany(letters - 1, LETTERS)];
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other]!, characters[last]!];
  }
  return pick(LETTERS) + characters.join('');
}
