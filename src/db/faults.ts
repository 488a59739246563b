// What an error of the database means: that it is away (answered 503, and passes), that trying again is right, or that
// the statement is wrong, which is a bug. Used by db/database.ts and those who wait for a database to come back.

/** SQLSTATE classes and codes of a server that is going, gone, full, too slow, or the standby by now. */
const TRANSIENT = /^(08...|57P0[1-5]|57014|53...|25P03|25006|40001|40P01)$/;
const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Cannot use a pool after/;

export class DatabaseUnavailable extends Error {
  /** Read by Koa and by oidc-provider's error handlers. */
  readonly status = 503;
  readonly statusCode = 503;
  readonly expose = false;

  constructor(cause: unknown) {
    super('the database cannot be reached', { cause });
    this.name = 'DatabaseUnavailable';
  }
}

/** True for an error of the connection or of the server's state, false for one of the statement. */
export function isConnectionFault(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  if (!Error.isError(error)) return false;
  const { code } = error as Error & { code?: string };
  return (code !== undefined && (TRANSIENT.test(code) || SOCKET.has(code))) || MESSAGES.test(error.message);
}

/** It was waited for as long as anything is: trying again would double the wait. */
export function isTimeout(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return isTimeout(error.cause);
  if (!Error.isError(error)) return false;
  const { code } = error as Error & { code?: string };
  return code === '57014' || /timeout exceeded when trying to connect|Query read timeout/.test(error.message);
}

/** The server writes no more: another one does, to which this connection does not lead. */
export function isReadOnly(error: unknown): boolean {
  return Error.isError(error) && (error as Error & { code?: string }).code === '25006';
}

/** Serialisation failure or deadlock: the server undid everything, and trying again is expected (PostgreSQL §13.5). */
export function isRolledBack(error: unknown): boolean {
  return Error.isError(error) && /^(40001|40P01)$/.test((error as Error & { code?: string }).code ?? '');
}

/** The uid of a session is taken: by the row that says that it was ended, or by its own under a newer id. */
export function isTakenUid(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: string; constraint?: string };
  return code === '23505' && constraint === 'artefact_uid_key';
}
