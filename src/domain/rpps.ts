// The national number of a health professional (RPPS): 11 digits, the last one a Luhn check digit (ISO/IEC 7812-1).

/** True for 11 digits whose Luhn sum is a multiple of ten. */
export function isRpps(text: string): boolean {
  if (!/^\d{11}$/.test(text)) return false;
  let sum = 0;
  for (const [index, digit] of [...text].reverse().entries()) {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** `SubjectNameID` of Pro Santé Connect: the kind of number (8 = RPPS), then the number. */
export function toSubjectNameId(rpps: string): string {
  return `8${rpps}`;
}
