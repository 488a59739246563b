// A row of the artefact table: what it is found by, and how it is written. Used by all that reads or writes the table.
import { hash } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';

export type NewArtefact = {
  model: string;
  id: string;
  payload: AdapterPayload;
  accountId: string | undefined;
  /** Seconds; undefined: for ever. */
  ttlSeconds: number | undefined;
};

/** An artefact ready to be written. */
export type ArtefactRow = { model: string; id: string; json: string };

/** An escape for U+0000 or half a surrogate pair, as `JSON.stringify` writes them: PostgreSQL stores neither. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

/** A request carried text that is no text. Thrown by `toArtefactRow`. */
export class UnstorableText extends Error {
  constructor() {
    super('a value holds U+0000 or half a surrogate pair');
    this.name = 'UnstorableText';
  }
}

/** The row of a value: a digest, so that the table does not hold what opens a session. */
export function rowId(model: string, id: string): string {
  return model === 'Grant' ? `Grant:${id}` : hash('sha256', `${model}:${id}`, 'base64url');
}

/** Throws `UnstorableText`. */
export function toArtefactRow({ model, id, payload, accountId, ttlSeconds }: NewArtefact): ArtefactRow {
  // The value itself stays out of the row; oidc/adapter.ts puts it back from what was asked for.
  const row = {
    id: rowId(model, id),
    model,
    payload: { ...payload, jti: undefined },
    uid: payload.uid,
    // A waiting login knows the grant of the session it began in; it does not end with it.
    grant_id: model === 'Grant' ? id : model === 'Interaction' ? undefined : payload.grantId,
    user_code: payload.userCode,
    account_id: accountId,
    ttl: ttlSeconds,
  };
  const json = JSON.stringify(row);
  if (json.includes('\\u') && UNSTORABLE.test(json)) throw new UnstorableText();
  return { model, id: row.id, json };
}
