// Levels of authentication (contract.md, « Claims »): an ordered scale for `acr_values`, exact values for an essential
// `acr` claim (OpenID Connect Core §5.5.1.1).

export const ACR_ORDER = ['eidas1', 'eidas2', 'eidas3'] as const;

/** What a password reaches. */
export const PASSWORD_ACR = 'eidas1';

/** What a password and a second factor reach. */
export const STRONG_ACR = 'eidas2';

/** Binding, both. */
export type AcrRequest = {
  /** Any level not below it. */
  minimum?: string | undefined;
  /** From `claims`, essential: one of exactly these; of none, nothing satisfies it. */
  oneOf?: string[] | undefined;
};

/**
 * Reads what an authorization request asks for; unknown values ask for nothing. What the application registered as its default is its
 * minimum (contract.md): the address of a request goes through the hands of the person, who must not be able to lower it. What it asks
 * for by `acr_values` raises that where it can be reached; a level that no method here reaches is a wish (OpenID Connect Core §5.5.1.1),
 * and the token tells what was.
 * @param defaults the application's `default_acr_values`
 * @param reachable levels that the enabled methods can reach
 */
export function toAcrRequest(
  parameters: { acr_values?: unknown; claims?: unknown },
  defaults: readonly string[],
  reachable: readonly string[],
): AcrRequest {
  const registered = lowest(defaults);
  const essential = readEssential(parameters.claims);
  if (essential) return { oneOf: essential.filter((acr) => isAtLeast(acr, registered)) };
  const wish =
    typeof parameters.acr_values === 'string' ? lowest(parameters.acr_values.split(' ')) : undefined;
  const raises = wish !== undefined && isAtLeast(wish, registered);
  const minimum = raises && reachable.some((acr) => isAtLeast(acr, wish)) ? wish : registered;
  return minimum === undefined ? {} : { minimum };
}

function lowest(values: readonly string[]): string | undefined {
  const ranks = values.map(rank).filter((position) => position >= 0);
  return ranks.length === 0 ? undefined : ACR_ORDER[Math.min(...ranks)];
}

/**
 * What a token says of a proof: its level, or the highest below it that an essential `acr` claim names, since whoever proved more has
 * proved that too. Undefined where the request is not met.
 */
export function toGrantedAcr(proven: string, { minimum, oneOf }: AcrRequest): string | undefined {
  if (!oneOf) return isAtLeast(proven, minimum) ? proven : undefined;
  return ACR_ORDER.findLast((acr) => rank(acr) <= rank(proven) && oneOf.includes(acr));
}

export function isAtLeast(acr: string, minimum: string | undefined): boolean {
  return minimum === undefined || rank(acr) >= rank(minimum);
}

function rank(acr: string | undefined): number {
  return (ACR_ORDER as readonly (string | undefined)[]).indexOf(acr);
}

function readEssential(claims: unknown): string[] | undefined {
  if (typeof claims !== 'string') return undefined;
  try {
    const acr = JSON.parse(claims)?.id_token?.acr;
    if (acr?.essential !== true) return undefined;
    // As the provider reads them: `value` and `values` must both be met, and an empty list never is.
    const lists: unknown[][] = [];
    if (Array.isArray(acr.values)) lists.push(acr.values);
    if (acr.value) lists.push([acr.value]);
    const [first, ...others] = lists;
    return first
      ?.filter((value) => typeof value === 'string')
      .filter((value) => others.every((list) => list.includes(value)));
  } catch {
    // Not JSON: the provider refuses the request itself.
    return undefined;
  }
}
