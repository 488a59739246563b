// Why the server cannot start, as one sentence for the operator. Called by main.ts, the demo and the command line.
import { SettingsFault } from './config.ts';
import { DataFolderInUse } from './db/embedded.ts';

/** Never a stack, never a value of a setting. */
export function toStartFault(error: unknown): string {
  if (error instanceof SettingsFault || error instanceof DataFolderInUse) return error.message;
  const { code, message, port, address } = (error ?? {}) as NodeJS.ErrnoException & {
    port?: number;
    address?: string;
  };
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is in use by another process`;
    case 'EACCES':
      return port === undefined ? `not permitted: ${message}` : `port ${port} needs more rights`;
    case 'ENOENT':
    case 'EROFS':
    case 'ENOTDIR':
      return `cannot be made or opened: ${(error as NodeJS.ErrnoException).path ?? message} (${code})`;
    case 'ERR_SQLITE_ERROR':
      return `the data folder (IDP_DATA_DIR) cannot be used: ${message}`;
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'ETIMEDOUT':
      return `the database cannot be reached${port ? ` at ${address ?? ''}:${port}` : ''} (${code})`;
    case '28P01':
    case '28000':
      return 'the database refuses the user or password of DATABASE_URL';
    case '3D000':
      return 'the database that DATABASE_URL names does not exist';
    default:
      // The whole of what the embedded database says of a broken file.
      if (/^Aborted\(/.test(message ?? ''))
        return 'the embedded database (IDP_DATA_DIR) is damaged: put a backup in its place, or name another folder';
      return message || String(error);
  }
}
