// What went wrong at a demo site, in words for the person and with the codes for whoever is trying things out.
import * as openid from 'openid-client';

export type Problem = {
  status: number;
  title: string;
  text: string;
  /** Of the protocol, when the provider answered with one. */
  error?: string | undefined;
  description?: string | undefined;
};

const WORDS: Record<string, [title: string, text: string]> = {
  access_denied: [
    'Connexion abandonnée',
    "Vous êtes revenu sans vous connecter, ou sans donner l'autorisation demandée.",
  ],
  login_required: [
    'Connexion nécessaire',
    "Une connexion sans aucune page a été demandée, mais personne n'est connecté.",
  ],
  consent_required: [
    'Autorisation nécessaire',
    'Une connexion sans aucune page a été demandée, mais votre autorisation manque encore.',
  ],
  interaction_required: [
    'Une page est nécessaire',
    'Une connexion sans aucune page a été demandée, mais vous devez répondre à une question.',
  ],
  unknown_state: [
    'Réponse inattendue',
    "Cette réponse ne correspond à aucune connexion commencée dans ce navigateur, ou elle a déjà servi. Elle n'a pas été acceptée.",
  ],
  not_found: ['Page introuvable', "Cette page n'existe pas."],
  unreachable: [
    'Service de connexion injoignable',
    'Le service de connexion ne répond pas. Réessayez dans un moment.',
  ],
};
const OTHER: [string, string] = ["La connexion n'a pas abouti", "Recommencez depuis la page d'accueil."];

/** @param cause what was thrown, or one of the names above */
export function toProblem(cause: unknown): Problem {
  if (typeof cause === 'string') return toPage(cause === 'not_found' ? 404 : 400, cause);
  if (cause instanceof openid.AuthorizationResponseError || cause instanceof openid.ResponseBodyError) {
    return { ...toPage(200, cause.error), error: cause.error, description: cause.error_description };
  }
  // fetch() failed: undici hides why in the cause.
  if (cause instanceof TypeError && cause.message === 'fetch failed') return toPage(502, 'unreachable');
  const description = Error.isError(cause) ? cause.message : String(cause);
  return { ...toPage(502, 'other'), description };
}

function toPage(status: number, code: string): Problem {
  const [title, text] = WORDS[code] ?? OTHER;
  return { status, title, text };
}
