// A second factor that is being added, on the way to a service or in « Mon compte »: kept in an encrypted cookie of the login or
// session it was begun in, and what a page shows of it: a QR code, and the key for typing.
import type { Context } from 'koa';
import { renderSVG } from 'uqr';
import type { Account } from '../src/domain/account.ts';
import { beginEnrolment, ENROLMENT_LIFE, type Enrolment } from '../src/domain/enrolment.ts';
import type { SecretKey } from '../src/domain/secret-key.ts';
import { inGroups, toKeyUri } from '../src/domain/totp.ts';
import { sealedCookie } from './sealed-cookie.ts';

export type FactorKind = 'authenticators' | 'passkeys';

export type EnrolmentSubject = {
  /** Each has its own: an application may be added in one tab, a passkey in another. */
  kind: FactorKind;
  /** Of the pages of it: the cookie is sent to no other. */
  path: string;
  /** The login, or the session. */
  uid: string;
  accountId: string;
};

export type Enrolments = {
  begin(ctx: Context, subject: EnrolmentSubject, proof: Enrolment['proof'], link?: string): Enrolment;
  find(ctx: Context, subject: EnrolmentSubject): Enrolment | undefined;
  /** No page shows it again. `formId`: of the form that did it. */
  finish(ctx: Context, subject: EnrolmentSubject, formId: string): void;
  /** Whether this form has done it: its answer may be loaded again. */
  hasFinished(ctx: Context, subject: EnrolmentSubject, formId: string): boolean;
};

const NAMES: Record<FactorKind, string> = {
  authenticators: 'idp_enrolment',
  passkeys: 'idp_passkey_enrolment',
};

export function enrolments({ seal, secure }: { seal: SecretKey; secure: boolean }): Enrolments {
  const cookieOf = ({ kind, path }: EnrolmentSubject) =>
    sealedCookie<Enrolment>(seal, { name: NAMES[kind], path, secure, seconds: ENROLMENT_LIFE });
  const doneAt = (path: string) =>
    sealedCookie<string>(seal, { name: 'idp_enrolled', path, secure, seconds: ENROLMENT_LIFE });
  const nameOf = ({ kind, uid, accountId }: EnrolmentSubject) => `${kind}:${uid}:${accountId}`;
  return {
    begin(ctx, subject, proof, link) {
      const enrolment = beginEnrolment(proof, link);
      cookieOf(subject).write(ctx, nameOf(subject), enrolment);
      return enrolment;
    },
    find: (ctx, subject) => cookieOf(subject).read(ctx, nameOf(subject)),
    finish(ctx, subject, formId) {
      cookieOf(subject).clear(ctx);
      doneAt(subject.path).write(ctx, nameOf(subject), formId);
    },
    hasFinished: (ctx, subject, formId) =>
      formId !== '' && doneAt(subject.path).read(ctx, nameOf(subject)) === formId,
  };
}

/** @param title of the product: what authenticator applications show */
export function describeEnrolment(
  title: string,
  { identifier }: Pick<Account, 'identifier'>,
  { secret }: Enrolment,
): { qrCode: string; keyInGroups: string } {
  const svg = renderSVG(toKeyUri(secret, title, identifier), { ecc: 'M', border: 2 });
  return {
    qrCode: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
    keyInGroups: inGroups(secret),
  };
}
