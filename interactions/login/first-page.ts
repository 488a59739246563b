// Answers an authorization request that needs a login with the address of its page rather than of the dispatcher: one
// round trip less for a person who waits. Only where nothing is proved yet; everything else the dispatcher decides.
import type { Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { nextLoginStep } from '../../src/domain/login-flow.ts';
import { firstMethod } from '../../src/domain/login-methods.ts';
import { seeOther } from '../../src/http/see-other.ts';
import { toLoginRequest } from '../../src/oidc/interaction.ts';
import { type LoginDeps, stepUrl } from './login-step.ts';

/** Koa middleware around the provider. */
export function firstPage({ methods, rules }: Pick<LoginDeps, 'methods' | 'rules'>): Middleware {
  return async (ctx, next) => {
    await next();
    // None before the provider has begun to read a request.
    const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>;
    if (oidc?.route !== 'authorization' || ctx.status !== 303) return;
    const { Interaction: begun, Client: client } = oidc.entities;
    if (!begun || !client) return;
    const request = toLoginRequest(begun, client, rules);
    const { step } = nextLoginStep(request, undefined, undefined, new Date());
    // The cookie of the interaction stays bound to the address of the dispatcher, and so to every step under it.
    if (step === 'authenticate') seeOther(ctx, stepUrl(begun.uid, firstMethod(methods, request.acr)));
  };
}
