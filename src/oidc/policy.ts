// When the provider must ask the person something. The library's own checks, and what it leaves out: levels asked by
// `acr_values` on a session that is below them, and sessions whose account is gone or locked.
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { satisfies, toAcrRequest } from '../domain/acr.ts';

/**
 * @param isFirstParty whether an application shows no consent page
 * @param reachable levels that the enabled login methods can reach
 */
export function createPolicy(
  isFirstParty: (clientId: string) => Promise<boolean>,
  reachable: string[],
): interactionPolicy.DefaultPolicy {
  const { Check } = interactionPolicy;
  const policy = interactionPolicy.base();
  const login = policy.get('login')!;

  login.checks.add(
    new Check(
      'account_unavailable',
      'the account of the session cannot be used any more',
      'login_required',
      ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
    ),
  );

  // `acr_values` beside an essential `acr` claim silently replaces it in `oidc.claims`: the raw parameters are read.
  login.checks.add(
    new Check('acr', 'the session is below the level that is asked for', 'login_required', ({ oidc }) => {
      if (oidc.session?.accountId === undefined) return false;
      const request = toAcrRequest(oidc.params ?? {}, oidc.client?.defaultAcrValues);
      if (satisfies(oidc.session.acr, request)) return false;
      if (request.oneOf) return true;
      // A voluntary level is tried for once, where it can be reached at all; the token tells what was (OpenID Connect
      // Core §5.5.1.1).
      return !oidc.result?.login && reachable.some((acr) => satisfies(acr, request));
    }),
  );

  // The library compares the hint with the session when a request begins, not with who then signed in: the application
  // would be given somebody else than it named (OpenID Connect Core §3.1.2.1 wants an error).
  const hint = login.checks.get('id_token_hint')!;
  login.checks.remove('id_token_hint');
  login.checks.add(
    new Check('id_token_hint', hint.description, hint.error!, async (ctx: KoaContextWithOIDC) => {
      const { oidc } = ctx;
      const text = oidc.params?.id_token_hint;
      const signedIn = oidc.result?.login !== undefined;
      if (signedIn && typeof text === 'string') {
        oidc.entity('IdTokenHint', await oidc.provider.IdToken.validate(text, oidc.client!));
      }
      const differs = (await hint.check(ctx)) === true;
      if (differs && signedIn) throw new errors.LoginRequired('somebody else signed in');
      return differs;
    }),
  );

  const consent = policy.get('consent')!;
  const nativePrompt = consent.checks.get('native_client_prompt')!;
  consent.checks.remove('native_client_prompt');
  consent.checks.add(
    new Check(
      'native_client_prompt',
      nativePrompt.description,
      nativePrompt.error!,
      async (ctx: KoaContextWithOIDC) => {
        return (await nativePrompt.check(ctx)) === true && !(await isFirstParty(ctx.oidc.client!.clientId));
      },
    ),
  );
  return policy;
}
