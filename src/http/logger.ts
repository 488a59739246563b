// JSON lines on standard output. Nothing secret is given to it; where a name says that something is, it is struck out.
import pino, { type DestinationStream, type Logger } from 'pino';

const SECRET = [
  'password',
  'plainPassword',
  'currentPassword',
  'newPassword',
  'newPasswordConfirmation',
  'passwordHash',
  'blockedPasswordHash',
  'code',
  'client_secret',
  'client_assertion',
  'refresh_token',
  'access_token',
  'id_token',
  'id_token_hint',
  'code_verifier',
  'authorization',
  'cookie',
  'set-cookie',
  'altcha',
  'secret',
  'token',
];

/** @param destination for tests; standard output otherwise */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const stream = destination ?? pino.destination({ fd: 1, sync: true });
  // A closed or full standard output must not stop the service.
  if ('on' in stream)
    (stream as { on(event: string, listener: () => void): void }).on('error', () => undefined);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), censor: '[secret]' },
      serializers: { err: describeError },
    },
    stream,
  );
}

/** Name, message, SQLSTATE and cause: no bound value, which could be what somebody typed. */
function describeError(error: unknown): unknown {
  if (!Error.isError(error)) return { message: String(error) };
  const { code, cause } = error as Error & { code?: string };
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' && { errno: code }),
    ...(error.stack && {
      stack: error.stack
        .split('\n')
        .slice(1, 8)
        .map((line) => line.trim()),
    }),
    ...(cause !== undefined && { cause: describeError(cause) }),
  };
}
