// When the provider must ask the person something. The library's own checks, and what it leaves out: levels asked by
// `acr_values` on a session that is below them, and sessions whose account is gone or locked.
import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { toAcrRequest, toGrantedAcr } from '../domain/acr.ts';

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
      const { accountId, acr: proven } = oidc.session ?? {};
      if (accountId === undefined) return false;
      const request = toAcrRequest(oidc.params ?? {}, oidc.client?.defaultAcrValues ?? [], reachable);
      return proven === undefined || toGrantedAcr(proven, request) === undefined;
    }),
  );

  tellWhenSomebodyElse(login, 'id_token_hint', readHint);
  tellWhenSomebodyElse(login, 'claims_id_token_sub_value');

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

/**
 * The library asks for the person whom a hint or a claim names again and again, for as long as somebody else signs in. Here
 * the application is told so at the first time (OpenID Connect Core §3.1.2.1, §5.5.1).
 * @param prepare what the check needs and the library makes only when a request begins
 */
function tellWhenSomebodyElse(
  { checks }: interactionPolicy.Prompt,
  reason: string,
  prepare?: (ctx: KoaContextWithOIDC) => Promise<void>,
): void {
  const original = checks.get(reason)!;
  const differs = async (ctx: KoaContextWithOIDC) => {
    const signedIn = ctx.oidc.result?.login !== undefined;
    if (signedIn) await prepare?.(ctx);
    const isOther = (await original.check(ctx)) === true;
    if (isOther && signedIn) throw new errors.LoginRequired('somebody else signed in');
    return isOther;
  };
  checks.remove(reason);
  checks.add(
    new interactionPolicy.Check(reason, original.description, original.error!, differs, original.details),
  );
}

async function readHint({ oidc }: KoaContextWithOIDC): Promise<void> {
  const text = oidc.params?.id_token_hint;
  if (typeof text === 'string')
    oidc.entity('IdTokenHint', await oidc.provider.IdToken.validate(text, oidc.client!));
}
