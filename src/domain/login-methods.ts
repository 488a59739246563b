// The ways to sign in (contract.md, IDP_LOGIN_METHODS), and the level that each of those this version has reaches.
import { ACR_ORDER, type AcrRequest, PASSWORD_ACR, STRONG_ACR, toGrantedAcr } from './acr.ts';

export const LOGIN_METHODS = ['certificate', 'strong', 'password'] as const;
export type LoginMethod = (typeof LOGIN_METHODS)[number];

/** Methods that are not listed are left out of the page until they are built. */
const REACHED: Partial<Record<LoginMethod, string>> = { strong: STRONG_ACR, password: PASSWORD_ACR };

export function isBuilt(method: LoginMethod): boolean {
  return REACHED[method] !== undefined;
}

/** Those that reach the level asked for; all of them where none does. */
export function offeredMethods(methods: LoginMethod[], acr: AcrRequest): LoginMethod[] {
  const able = methods.filter((method) => toGrantedAcr(REACHED[method]!, acr) !== undefined);
  return able.length > 0 ? able : methods;
}

/** The one to begin with: what most people have, where it is enough. */
export function firstMethod(methods: LoginMethod[], acr: AcrRequest): LoginMethod {
  const offered = offeredMethods(methods, acr);
  return offered.includes('password') ? 'password' : offered[0]!;
}

/** Levels that these methods can reach, each once, the lowest first. */
export function reachableAcr(methods: LoginMethod[]): string[] {
  return ACR_ORDER.filter((acr) => methods.some((method) => REACHED[method] === acr));
}

/** How a session was opened, by what was proved in it (RFC 8176). */
export function methodOf(amr: string[]): LoginMethod {
  // By a passkey, which has verified its owner.
  if (amr.includes('user')) return 'strong';
  if (!amr.includes('pwd')) return 'certificate';
  return amr.includes('mfa') ? 'strong' : 'password';
}
