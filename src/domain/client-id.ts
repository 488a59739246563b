/** « Mon compte », which is an application of its own provider: nobody else gets the name. */
export const ACCOUNT_CLIENT_ID = 'mon-compte';
export const ACCOUNT_CLIENT_NAME = 'Mon compte';

/** What an application can be named by (RFC 6749 appendix A.1, without spaces); anything else is not looked up. */
export function isClientId(text: string): boolean {
  return /^[\x21-\x7e]{1,200}$/.test(text);
}
