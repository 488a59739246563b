// Which mail addresses are taken: the plain ones of RFC 5321 (dot-atom @ domain), and nothing that a mail program could
// read as two recipients, a comment or a header. Called where an address enters: settings, accounts, the mail queue.
import { domainToASCII } from 'node:url';

const LOCAL_PART = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const WRITTEN_DOMAIN = /^[\p{L}\p{M}\p{Nd}-]+(\.[\p{L}\p{M}\p{Nd}-]+)*$/u;
const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i;

/** RFC 5321 §4.5.3.1, in octets. */
const LONGEST_LOCAL_PART = 64;
const LONGEST_ADDRESS = 254;
const LONGEST_LABEL = 63;

/** True for one plain address; the domain may be international and has two labels or more, or is `localhost`. */
export function isMailAddress(text: string): boolean {
  if (text.length > LONGEST_ADDRESS) return false;
  const [localPart, writtenDomain, ...rest] = text.split('@');
  if (localPart === undefined || writtenDomain === undefined || rest.length > 0) return false;
  if (localPart.length > LONGEST_LOCAL_PART || !LOCAL_PART.test(localPart)) return false;
  return WRITTEN_DOMAIN.test(writtenDomain) && isDomain(domainToASCII(writtenDomain), localPart.length);
}

function isDomain(domain: string, localPartLength: number): boolean {
  if (localPartLength + 1 + domain.length > LONGEST_ADDRESS) return false;
  const labels = domain.split('.');
  const last = labels.at(-1)!;
  if (!labels.every((label) => label.length <= LONGEST_LABEL && LABEL.test(label))) return false;
  return domain === 'localhost' || (labels.length > 1 && !/^\d+$/.test(last));
}

/**
 * « j•••••t@normand-esante.fr », for a page that anybody can ask for: the same shape for every address, so that a made-up
 * one (domain/decoy-address.ts) cannot be told from a real one.
 */
export function maskForStranger(address: string): string {
  const at = address.lastIndexOf('@');
  const shown = address
    .slice(0, at)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return `${shown.at(0) ?? 'x'}•••••${shown.at(-1) ?? 'x'}${address.slice(at).toLowerCase()}`;
}

/** « j•••••t@normand-esante.fr », for logs. */
export function maskMailAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const [first = '', ...rest] = address.slice(0, Math.max(at, 0));
  const last = rest.length > 1 ? rest.at(-1) : '';
  return `${first}${'•'.repeat(Math.max(3, rest.length - 1))}${last}${at < 0 ? '' : address.slice(at)}`;
}
