// The provider's events, for the operator: refused requests of applications are counted and logged, since nothing else
// tells of a wrong secret or a code used twice.
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Logger } from 'pino';
import { referenceOf } from '../http/errors.ts';
import type { Metrics } from '../http/metrics.ts';
import type { ClientGuessing } from './client-guessing.ts';

const REFUSALS = [
  'grant',
  'userinfo',
  'introspection',
  'revocation',
  'authorization',
  'end_session',
  'end_session_confirm',
  'discovery',
  'jwks',
];

type Refusal = Error & { error?: string; error_detail?: string; status?: number };

export function watchProvider(
  provider: Provider,
  metrics: Metrics,
  logger: Logger,
  guessing: ClientGuessing,
): void {
  const events = provider as unknown as NodeJS.EventEmitter;
  for (const endpoint of REFUSALS) {
    events.on(`${endpoint}.error`, (ctx: KoaContextWithOIDC, error: Refusal) => {
      metrics.countProtocolError(endpoint, error.error ?? 'server_error');
      const { clientId, address } = whose(ctx);
      // A signature is not guessed at; a secret is.
      const hasSecret = ctx.oidc.client?.clientAuthMethod?.startsWith('client_secret_') === true;
      if (error.error === 'invalid_client' && hasSecret && clientId !== undefined && address !== undefined) {
        guessing
          .recordGuess(clientId, address)
          .catch((cause) => logger.warn({ err: cause }, 'a failure was not counted'));
      }
      // The authorization endpoint tells the application, or shows a page that is logged with its reference.
      const level = endpoint === 'authorization' ? 'debug' : 'info';
      const { error: code, error_detail: detail } = error;
      logger[level](
        { endpoint, error: code, detail, ...whose(ctx) },
        'a request of an application was refused',
      );
    });
  }
  events.on('server_error', (ctx: KoaContextWithOIDC, error: Refusal) => {
    metrics.countProtocolError(ctx.oidc.route ?? 'unknown', 'server_error');
    const reference = referenceOf(ctx as unknown as Context);
    logger.error({ reference, route: ctx.oidc.route, ...whose(ctx), err: error }, 'a request failed');
  });
}

/** The application, when it exists (anything else is what somebody typed), and where the request came from. */
export function whose(ctx: KoaContextWithOIDC): {
  clientId: string | undefined;
  address: string | undefined;
} {
  return { clientId: ctx.oidc.client?.clientId, address: ctx.state.address };
}
