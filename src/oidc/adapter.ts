// The storage of the provider library, over db/artefact.ts and db/client.ts. The library looks before it leaps, which
// two racing requests both survive: here the statement decides, and the loser gets the error of its protocol.
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import type { AccountRow } from '../db/account.ts';
import { type Artefacts, type NewArtefact, type StoredArtefact, UnstorableText } from '../db/artefact.ts';
import type { Clients } from '../db/client.ts';
import { keepForRequest, takeFromRequest } from './request-cache.ts';

/** The factory that the library calls once a model. */
export function createAdapter(artefacts: Artefacts, clients: Clients): (model: string) => Adapter {
  return (model) => (model === 'Client' ? clientAdapter(clients) : artefactAdapter(model, artefacts));
}

function artefactAdapter(model: string, artefacts: Artefacts): Adapter {
  return {
    async find(id) {
      const kept = takeFromRequest<AdapterPayload>(`${model}:${id}`);
      if (kept) return kept;
      const found = await artefacts.find(model, id, model === 'Session' ? requestedClientId() : undefined);
      if (!found) return undefined;
      keepWhatCameAlong(found);
      return { ...found.payload, jti: id };
    },
    async findByUid(uid) {
      return takeFromRequest<AdapterPayload>(`Session.uid:${uid}`) ?? (await artefacts.findByUid(uid));
    },
    findByUserCode: (userCode) => artefacts.findByUserCode(userCode),
    async upsert(id, payload, expiresIn) {
      const artefact = {
        model,
        id,
        payload: withoutSecrets(payload),
        accountId: accountOf(payload),
        ttlSeconds: expiresIn,
      };
      if (model !== 'ReplayDetection') return upsertOrRefuse(artefacts, artefact);
      if (!(await artefacts.insertOnce(artefact))) {
        throw new errors.InvalidClientAuth('the assertion was used before');
      }
    },
    async consume(id) {
      if (await artefacts.consume(model, id)) return;
      // A code or refresh token presented twice: whatever the winner obtained goes too (RFC 6749 §4.1.2, RFC 9700 §4.14).
      await artefacts.revokeGrantOf(model, id);
      throw new errors.InvalidGrant(`${model} was used before`);
    },
    destroy: (id) => artefacts.destroy(model, id),
    revokeByGrantId: (grantId) => artefacts.revokeGrant(grantId),
  };
}

async function upsertOrRefuse(artefacts: Artefacts, artefact: NewArtefact): Promise<void> {
  try {
    await artefacts.upsert(artefact);
  } catch (error) {
    if (error instanceof UnstorableText) throw new errors.InvalidRequest(error.message);
    throw error;
  }
}

function clientAdapter(clients: Clients): Adapter {
  const unsupported = async () => {
    throw new Error('applications are changed through actions, not through the provider');
  };
  return {
    find: async (id) => (await clients.find(id))?.metadata as AdapterPayload | undefined,
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    upsert: unsupported,
    consume: unsupported,
    destroy: unsupported,
    revokeByGrantId: unsupported,
  };
}

function keepWhatCameAlong({ payload, session, grant, grantId, account }: StoredArtefact): void {
  if (session && typeof payload.sessionUid === 'string')
    keepForRequest(`Session.uid:${payload.sessionUid}`, session);
  if (grant && grantId) keepForRequest(`Grant:${grantId}`, { ...grant, jti: grantId });
  if (account) keepAccount(account);
}

function keepAccount(account: AccountRow): void {
  keepForRequest(`Account:${account.id}`, account);
}

/** Which grant of a session will be asked for: the one of the application that sent the person. */
function requestedClientId(): string | undefined {
  const clientId = Provider.ctx?.query.client_id;
  return typeof clientId === 'string' ? clientId : undefined;
}

function accountOf(payload: AdapterPayload): string | undefined {
  const result = payload.result as
    | { login?: { accountId?: string }; progress?: { accountId?: string } }
    | undefined;
  const session = payload.session as { accountId?: string } | undefined;
  return payload.accountId ?? result?.login?.accountId ?? result?.progress?.accountId ?? session?.accountId;
}

/** An interaction remembers the session's cookie, which nothing reads and which would open it. */
function withoutSecrets(payload: AdapterPayload): AdapterPayload {
  const session = payload.session as { cookie?: string } | undefined;
  if (!session?.cookie) return payload;
  const { cookie: _cookie, ...rest } = session;
  return { ...payload, session: rest };
}
