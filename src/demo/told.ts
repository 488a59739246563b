// Puts what a site was told about a person into plain French: the claims of the ID token and of userinfo, side by side.
// Used by site.ts for the page « Ce que MES SERVICES E-SANTE m'a dit de vous ».
import type { SignedIn } from './relying-party.ts';

export type ToldRow = { name: string; label: string; value: string; source: string };
export type ToldSection = { title: string; rows: ToldRow[] };

const SECTIONS: [title: string, labels: Record<string, string>][] = [
  [
    'Vous',
    {
      name: 'Nom complet',
      given_name: 'Prénom',
      family_name: 'Nom',
      preferred_username: 'Identifiant de connexion',
      email: 'Adresse mail',
      email_verified: 'Adresse mail vérifiée',
      SubjectNameID: 'Numéro national',
      SubjectRole: 'Profession',
      SubjectOrganization: "Structure d'exercice",
      SubjectOrganizationID: 'Numéro de la structure',
      updated_at: 'Fiche mise à jour le',
    },
  ],
  [
    'Votre connexion',
    {
      acr: "Niveau d'authentification",
      amr: 'Moyens utilisés',
      auth_time: 'Date de la connexion',
      sub: 'Identifiant technique, propre à vous',
    },
  ],
  [
    'Le jeton lui-même',
    {
      iss: 'Émis par',
      aud: 'Pour le service',
      iat: 'Émis le',
      exp: "Valable jusqu'au",
      sid: 'Session',
      nonce: 'Marque de la demande',
      at_hash: "Empreinte du jeton d'accès",
    },
  ],
];

const TIMES = new Set(['auth_time', 'iat', 'exp', 'updated_at']);
const MEANINGS: Record<string, Record<string, string>> = {
  acr: {
    eidas1: 'mot de passe seul',
    eidas2: 'mot de passe et code à usage unique',
    eidas3: 'carte ou certificat',
  },
  amr: {
    pwd: 'mot de passe',
    otp: 'code à usage unique',
    mfa: 'plusieurs facteurs',
    sc: 'carte à puce',
    pin: 'code confidentiel',
    hwk: 'clé matérielle',
    swk: 'clé logicielle',
  },
  SubjectRole: {
    10: 'médecin',
    21: 'pharmacien',
    40: 'chirurgien-dentiste',
    50: 'sage-femme',
    60: 'infirmier',
    70: 'masseur-kinésithérapeute',
    80: 'pédicure-podologue',
  },
};

export function describeClaims({ claims, userinfo }: Pick<SignedIn, 'claims' | 'userinfo'>): ToldSection[] {
  const all: Record<string, unknown> = { ...claims, ...userinfo };
  const known = new Set(SECTIONS.flatMap(([, labels]) => Object.keys(labels)));
  const others = Object.keys(all).filter((name) => !known.has(name));
  return SECTIONS.map(([title, labels], index) => {
    const isLast = index === SECTIONS.length - 1;
    const names = [...Object.keys(labels).filter((name) => name in all), ...(isLast ? others : [])];
    return { title, rows: names.map((name) => toRow(name, labels[name] ?? 'Autre information')) };
  }).filter(({ rows }) => rows.length > 0);

  function toRow(name: string, label: string): ToldRow {
    const source = !(name in userinfo) ? 'ID token' : name in claims ? 'les deux' : 'userinfo';
    return { name, label, value: toText(name, all[name]), source };
  }
}

function toText(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => toText(name, item)).join(', ');
  if (typeof value === 'boolean') return value ? 'oui' : 'non';
  if (TIMES.has(name) && typeof value === 'number') return toTime(value);
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  // A profession carries the nomenclature after its code.
  const meaning = MEANINGS[name]?.[text.split('^')[0]!];
  return meaning === undefined ? text : `${text} — ${meaning}`;
}

function toTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return date.toLocaleString('fr-FR', { timeZone: 'Europe/Paris', dateStyle: 'long', timeStyle: 'medium' });
}
