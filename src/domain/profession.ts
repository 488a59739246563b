// Professions, as `SubjectRole` carries them: a code of the national nomenclature, `^`, the nomenclature's OID.

/** The nomenclature that Pro Santé Connect names in `SubjectRole`. */
const NOMENCLATURE = '1.2.250.1.213.1.1.5.5';

/** `10` or `10^1.2.250…`. */
export function isProfession(text: string): boolean {
  return /^\d{2,3}(\^[\d.]{3,64})?$/.test(text);
}

/** Completes a bare code by its nomenclature. */
export function toSubjectRole(profession: string): string {
  return profession.includes('^') ? profession : `${profession}^${NOMENCLATURE}`;
}
