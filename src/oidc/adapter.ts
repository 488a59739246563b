// The storage of the provider library, over db/artefact.ts and db/client.ts. The library looks before it leaps, which
// two racing requests both survive: here the statement decides, and the loser gets the error of its protocol.
import { hash } from 'node:crypto';
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { toAccount } from '../db/account.ts';
import type { Artefacts, StoredArtefact } from '../db/artefact.ts';
import { type ArtefactRow, type NewArtefact, toArtefactRow, UnstorableText } from '../db/artefact-row.ts';
import type { CompletedLogin } from '../db/artefact-writer.ts';
import type { Client, Clients } from '../db/client.ts';
import { isTakenUid } from '../db/faults.ts';
import { toBrowserName } from '../domain/browser-name.ts';
import { isStillGood, type LoginProgress } from '../domain/login-flow.ts';
import { keepForRequest, takeFromRequest } from './request-cache.ts';
import type { RequestWrites } from './request-writes.ts';

/** The factory that the library calls once a model. */
export function createAdapter(
  artefacts: Artefacts,
  clients: Clients,
  writes: RequestWrites,
  refuseGuess: (clientId: string) => Promise<void> = async () => undefined,
): (model: string) => Adapter {
  return (model) =>
    model === 'Client' ? clientAdapter(clients, refuseGuess) : artefactAdapter(model, artefacts, writes);
}

function artefactAdapter(model: string, artefacts: Artefacts, writes: RequestWrites): Adapter {
  return {
    async find(id) {
      const kept = takeFromRequest<AdapterPayload>(`${model}:${id}`);
      if (kept) return kept;
      const found = await artefacts.find(model, id, model === 'Session' ? requestedClientId() : undefined);
      if (!found) {
        // Asked with the cookie of before: the library makes a session of nobody, whose cookie must not replace the new one.
        const { ctx } = Provider;
        if (model === 'Session' && ctx && (await artefacts.isRenamed(id))) ctx.state.isSessionLate = true;
        return undefined;
      }
      keepWhatCameAlong(found);
      if (model === 'Interaction' && isOvertaken(found)) delete found.payload.result;
      return Object.assign(found.payload, { jti: id });
    },
    async findByUid(uid) {
      return takeFromRequest<AdapterPayload>(`Session.uid:${uid}`) ?? (await artefacts.findByUid(uid));
    },
    findByUserCode: (userCode) => artefacts.findByUserCode(userCode),
    async upsert(id, payload, expiresIn) {
      const artefact = {
        model,
        id,
        payload: model === 'Session' ? withBrowser(payload) : withoutSecrets(payload),
        accountId: accountOf(payload),
        ttlSeconds: expiresIn,
      };
      if (model !== 'ReplayDetection') {
        return writes.store(model, toRowOrRefuse(artefact)).catch(refuseOvertaken);
      }
      if (!(await artefacts.insertOnce(artefact))) {
        throw new errors.InvalidClientAuth('the assertion was used before');
      }
    },
    consume: (id) => writes.use({ model, id }),
    destroy(id) {
      if (model === 'Interaction') return writes.resume(id, completedLogin());
      if (model !== 'Session') return artefacts.destroy(model, id);
      // The library destroys the old id of a session that it gives a new one, just before it stores that.
      const { oldId } = (Provider.ctx?.oidc.session ?? {}) as { oldId?: string };
      return oldId === id ? writes.releaseSession(id).catch(refuseOvertaken) : artefacts.endSession(id);
    },
    revokeByGrantId: (grantId) => artefacts.revokeGrant(grantId),
  };
}

/** Another request has ended the session meanwhile, or given it another id. */
function refuseOvertaken(error: unknown): never {
  throw isTakenUid(error) ? new errors.SessionNotFound('the session was ended or renewed meanwhile') : error;
}

function toRowOrRefuse(artefact: NewArtefact): ArtefactRow {
  try {
    return toArtefactRow(artefact);
  } catch (error) {
    if (error instanceof UnstorableText) throw new errors.InvalidRequest(error.message);
    throw error;
  }
}

function clientAdapter(clients: Clients, refuseGuess: (clientId: string) => Promise<void>): Adapter {
  const unsupported = async () => {
    throw new Error('applications are changed through actions, not through the provider');
  };
  return {
    async find(id) {
      const client = await clients.find(id);
      if (client) await refuseGuess(id);
      return client && withDigest(client);
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    upsert: unsupported,
    consume: unsupported,
    destroy: unsupported,
    revokeByGrantId: unsupported,
  };
}

const digested = new WeakMap<Client, AdapterPayload>();

/**
 * The library writes the whole metadata as JSON at each look-up, to tell by its digest whether it knows this version of
 * the application. What it gets writes itself as a digest that is made once.
 */
function withDigest(client: Client): AdapterPayload {
  const known = digested.get(client);
  if (known) return known;
  const digest = hash('sha256', JSON.stringify(client.metadata), 'base64url');
  const metadata = Object.defineProperty({ ...client.metadata }, 'toJSON', { value: () => digest });
  digested.set(client, metadata as AdapterPayload);
  return metadata as AdapterPayload;
}

function keepWhatCameAlong({ payload, session, grant, grantId, account }: StoredArtefact): void {
  const entries: [string, unknown][] = [];
  if (session && typeof payload.sessionUid === 'string')
    entries.push([`Session.uid:${payload.sessionUid}`, session]);
  if (grant && grantId) entries.push([`Grant:${grantId}`, Object.assign(grant, { jti: grantId })]);
  if (account) entries.push([`Account:${account.id}`, account]);
  keepForRequest(entries);
}

/** A lock or a change of password came after a proof, and before it has become a session. */
function isOvertaken({ payload, account }: StoredArtefact): boolean {
  const { login, progress } = (payload.result ?? {}) as { login?: object; progress?: LoginProgress };
  if (login === undefined || progress === undefined) return false;
  return account === null || !isStillGood(progress, toAccount(account));
}

/** What the interaction that this request takes up ends with, when that is a login. (A consent carries the login before it.) */
function completedLogin(): CompletedLogin | undefined {
  const { ctx } = Provider;
  if (ctx?.oidc.route !== 'resume') return undefined;
  const { prompt, params, result } = ctx.oidc.entities.Interaction!;
  const progress = result?.progress as LoginProgress | undefined;
  if (prompt.name !== 'login' || result?.login === undefined || progress === undefined) return undefined;
  const { accountId, passwordSetAt, method, acr, sharedComputer, trustedBrowser } = progress;
  const detail = { method, acr, sharedComputer, ...(trustedBrowser && { trustedBrowser }) };
  return { accountId, passwordSetAt, clientId: String(params.client_id), address: ctx.state.address, detail };
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

/** For « Mes connexions ». Whoever sends a session's cookie is the browser that it is open in. */
function withBrowser(payload: AdapterPayload): AdapterPayload {
  const { ctx } = Provider;
  return ctx ? { ...payload, browser: toBrowserName(ctx.get('User-Agent')) } : payload;
}

/** An interaction remembers the session's cookie, which nothing reads and which would open it. */
function withoutSecrets(payload: AdapterPayload): AdapterPayload {
  const session = payload.session as { cookie?: string } | undefined;
  if (!session?.cookie) return payload;
  const { cookie: _cookie, ...rest } = session;
  return { ...payload, session: rest };
}
