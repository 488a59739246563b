// What one statement already read for a request: a token's session, grant and account. Each is taken once, by the
// next question of the same request; nothing outlives the request.
import Provider from 'oidc-provider';

const caches = new WeakMap<object, Map<string, unknown>>();

/** Keeps `value` for the current request. Outside of a request: does nothing. */
export function keepForRequest(key: string, value: unknown): void {
  const ctx = Provider.ctx;
  if (!ctx) return;
  const cache = caches.get(ctx);
  if (cache) cache.set(key, value);
  else caches.set(ctx, new Map([[key, value]]));
}

/** The kept value, which is then forgotten. */
export function takeFromRequest<T>(key: string): T | undefined {
  const ctx = Provider.ctx;
  const cache = ctx && caches.get(ctx);
  const value = cache?.get(key) as T | undefined;
  cache?.delete(key);
  return value;
}
