// Text from outside that stands in a header, a log, a column or the name of an application.

/** One line without control characters or those that reorder text. */
export function toSingleLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .toWellFormed()
    .trim();
}
