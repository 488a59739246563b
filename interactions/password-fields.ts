// The fields of a new password as its forms share them: what is missing, and the sentences of what is wrong.
import {
  PASSWORD_MAX_LENGTH,
  type PasswordFault,
  type PasswordPolicy,
} from '../src/domain/password-policy.ts';
import type { Form } from '../src/http/form-body.ts';
import type { FormErrors } from '../src/http/render.ts';
import type { Translate } from '../src/http/translate.ts';

const REQUIRED = {
  identifier: 'password.identifier.required',
  currentPassword: 'password.current.required',
  newPassword: 'password.new.required',
  newPasswordConfirmation: 'password.confirmation.required',
};

/** Whatever can be told without looking at the account: empty fields of `names`, and a confirmation that differs. */
export function findFieldErrors(form: Form, names: (keyof typeof REQUIRED)[], t: Translate): FormErrors {
  const errors: FormErrors = {};
  for (const name of names) if (form.get(name) === '') errors[name] = t(REQUIRED[name]);
  const confirmation = form.get('newPasswordConfirmation');
  if (confirmation !== '' && confirmation !== form.get('newPassword'))
    errors.newPasswordConfirmation = t('password.confirmation.differs');
  return errors;
}

export function toFaultSentences(
  faults: PasswordFault[],
  { minLength, minLetters, minDigits, minMeta }: PasswordPolicy,
  t: Translate,
): string[] {
  const numbers: Partial<Record<PasswordFault, number>> = {
    tooShort: minLength,
    tooLong: PASSWORD_MAX_LENGTH,
    letters: minLetters,
    digits: minDigits,
    meta: minMeta,
  };
  return faults.map((fault) => t(`password.${fault}`, { n: numbers[fault] ?? 0 }));
}
