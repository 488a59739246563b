// What one statement already read for a request: a token's session, grant and account. Each is taken once, by the
// next question of the same request; nothing outlives the request.
import Provider from 'oidc-provider';

const KEPT = Symbol('kept');

/** On the context itself: the collector would have to walk a WeakMap of all requests again and again. */
type Keeper = { [KEPT]?: Map<string, unknown> };

/** Keeps values for the current request, by name. Outside of a request: does nothing. */
export function keepForRequest(entries: readonly (readonly [key: string, value: unknown])[]): void {
  const ctx = Provider.ctx as Keeper | undefined;
  if (!ctx) return;
  if (!ctx[KEPT]) ctx[KEPT] = new Map(entries);
  else for (const [key, value] of entries) ctx[KEPT].set(key, value);
}

/** The kept value, which is then forgotten. */
export function takeFromRequest<T>(key: string): T | undefined {
  const kept = (Provider.ctx as Keeper | undefined)?.[KEPT];
  const value = kept?.get(key) as T | undefined;
  if (value !== undefined) kept!.delete(key);
  return value;
}
