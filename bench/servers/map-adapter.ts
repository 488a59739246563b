// The storage of the in-memory side. The library's own keeps 1,000 entries and would lose sessions under this load, so
// it gets plain maps instead: as fast as memory can be. What has expired is dropped now and then, like a database does,
// or this side's own heap would slow it down.
import type { Adapter, AdapterPayload } from 'oidc-provider';

const SWEEP_EVERY = 20_000;

export function createMapAdapter(): (model: string) => Adapter {
  const sessionIds = new Map<string, string>();

  return (model) => {
    const stored = new Map<string, AdapterPayload>();
    let written = 0;

    function sweep(): void {
      const now = Date.now() / 1000;
      for (const [id, { exp }] of stored) if (exp !== undefined && exp < now) stored.delete(id);
    }

    return {
      find: async (id) => stored.get(id),
      async findByUid(uid) {
        return stored.get(sessionIds.get(uid) ?? '');
      },
      findByUserCode: async () => undefined,
      async upsert(id, payload) {
        if (model === 'Session') sessionIds.set(payload.uid!, id);
        stored.set(id, payload);
        written += 1;
        if (written % SWEEP_EVERY === 0) sweep();
      },
      async consume(id) {
        stored.get(id)!.consumed = true;
      },
      async destroy(id) {
        stored.delete(id);
      },
      async revokeByGrantId(grantId) {
        for (const [id, payload] of stored) if (payload.grantId === grantId) stored.delete(id);
      },
    };
  };
}
