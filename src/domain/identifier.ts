// How identifiers are compared: what people type differs in case, width and spaces, the account is the same.

/** NFKC, without any white space or invisible format character, lower case. */
export function normaliseIdentifier(identifier: string): string {
  return identifier
    .normalize('NFKC')
    .replace(/[\s\p{Cf}]/gu, '')
    .toLowerCase();
}

/** 2 to 64 characters that can be read out on the telephone: letters, digits, `.` `_` `-` `@`. */
export function isIdentifier(text: string): boolean {
  return /^[\p{L}\p{Nd}][\p{L}\p{Nd}._@-]{1,63}$/u.test(text);
}

/** Of what is typed, no more is looked at or shown again. */
export const LONGEST_TYPED_IDENTIFIER = 200;

export function isSameIdentifier(one: string, other: string): boolean {
  return normaliseIdentifier(one) === normaliseIdentifier(other);
}
