// The provider's events, for the operator: refused requests of applications are counted and logged, since nothing else
// tells of a wrong secret or a code used twice.
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Logger } from 'pino';
import { referenceOf } from '../http/errors.ts';
import type { Metrics } from '../http/metrics.ts';

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

export function watchProvider(provider: Provider, metrics: Metrics, logger: Logger): void {
  const events = provider as unknown as NodeJS.EventEmitter;
  for (const endpoint of REFUSALS) {
    events.on(`${endpoint}.error`, (ctx: KoaContextWithOIDC, error: Refusal) => {
      metrics.countProtocolError(endpoint, error.error ?? 'server_error');
      // Those of the authorization endpoint are logged with the page that shows them, or told to the application.
      logger.debug(
        {
          endpoint,
          error: error.error,
          detail: error.error_detail,
          clientId: ctx.oidc.client?.clientId,
          address: ctx.state.address,
        },
        'a request of an application was refused',
      );
    });
  }
  events.on('server_error', (ctx: KoaContextWithOIDC, error: Refusal) => {
    metrics.countProtocolError(ctx.oidc.route ?? 'unknown', 'server_error');
    if (!ctx.response.is('html')) {
      logger.error(
        { reference: referenceOf(ctx as never), route: ctx.oidc.route, err: error },
        'a request failed',
      );
    }
  });
}
