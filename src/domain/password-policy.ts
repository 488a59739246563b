// What a new password must be: the guide's four rules, and what makes a rule-abiding password worthless all the same.
// Every rule that failed is told at once. templates/assets/policy.js ticks the same rules while one types.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type PasswordPolicy = { minLength: number; minLetters: number; minDigits: number; minMeta: number };

export type PasswordContext = {
  /** Identifier, names, words of the product: none of them may be (nearly) the whole password. */
  personalWords: string[];
  /** Those that may not come back: the current one, the provisional one. */
  formerPasswords: string[];
};

/** Failure codes are locale keys under `password.`. */
export type PasswordFault =
  | 'tooShort'
  | 'tooLong'
  | 'letters'
  | 'digits'
  | 'meta'
  | 'control'
  | 'common'
  | 'personal'
  | 'same';

/** Longer ones are refused, never cut. */
export const PASSWORD_MAX_LENGTH = 128;

/**
 * The most used passwords that fit the rules, lower case: the first 3,000 of the public list of ten million (Mark
 * Burnett, in SecLists), after the French and local ones that such lists lack.
 */
const common = new Set(
  readFileSync(join(import.meta.dirname, 'common-passwords.txt'), 'utf8')
    .trimEnd()
    .split('\n'),
);

/** The form in which passwords are hashed and compared: NFC (RFC 8265 §4.2), otherwise untouched. */
export function toComparablePassword(text: string): string {
  return text.normalize('NFC');
}

/** Every rule that `password` breaks; none: it is good. */
export function findPasswordFaults(
  password: string,
  policy: PasswordPolicy,
  context: PasswordContext,
): PasswordFault[] {
  const text = toComparablePassword(password);
  const characters = [...text];
  const number = (pattern: RegExp) => characters.filter((character) => pattern.test(character)).length;
  const faults: PasswordFault[] = [];

  if (characters.length < policy.minLength) faults.push('tooShort');
  if (characters.length > PASSWORD_MAX_LENGTH) faults.push('tooLong');
  if (number(/\p{L}/u) < policy.minLetters) faults.push('letters');
  if (number(/\p{Nd}/u) < policy.minDigits) faults.push('digits');
  if (number(/[^\p{L}\p{Nd}\p{C}]/u) < policy.minMeta) faults.push('meta');
  if (/\p{Cc}/u.test(text)) faults.push('control');
  if (common.has(text.toLowerCase())) faults.push('common');
  if (isPersonal(text, context.personalWords)) faults.push('personal');
  if (context.formerPasswords.some((former) => toComparablePassword(former) === text)) faults.push('same');
  return faults;
}

/** What remains of the password beside a word about the person must not be the usual few digits and signs. */
function isPersonal(password: string, words: string[]): boolean {
  const text = bare(password);
  return words.some((word) => {
    const part = bare(word);
    return (
      part.length >= 3 &&
      text.includes(part) &&
      [...text.replaceAll(part, '')].filter((c) => /\p{L}/u.test(c)).length < 4
    );
  });
}

/** Without case, accents and punctuation, which people drop when they make a password of a word. */
function bare(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\p{M}\p{P}\p{S}\s]/gu, '')
    .toLowerCase();
}
