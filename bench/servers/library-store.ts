// The library's own in-memory store, but for its room: of 64 people at once it would forget some who are still signed in.
import type { AdapterFactory } from 'oidc-provider';

/** As shipped: 1,000. */
const MOST_ENTRIES = 20_000;

type Store = object;
type StoreModule = { default: new (model: string, store: Store) => ReturnType<AdapterFactory> };
type LruModule = { default: new (options: { maxSize: number }) => Store };

export async function libraryStore(): Promise<AdapterFactory> {
  const { default: MemoryAdapter } = (await importInternal('adapters/memory_adapter')) as StoreModule;
  const { default: Lru } = (await importInternal('helpers/lru')) as LruModule;
  const store = new Lru({ maxSize: MOST_ENTRIES });
  return (model) => new MemoryAdapter(model, store);
}

/** Files of the library that it neither documents nor types: a new version may need a change here. */
function importInternal(name: string): Promise<unknown> {
  return import(`oidc-provider/lib/${name}.js`);
}
