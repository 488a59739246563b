// What the terminal says once the demo runs: where to click first, and what to try. Printed by demo/main.ts.

import { journalOf } from './demo-logger.ts';
import type { DemoSettings } from './demo-settings.ts';
import { KNOWN_PERSON, NEW_PERSON } from './seed.ts';
import { demoSites } from './sites.ts';

export type SeenPeople = {
  /** The password that the known person began with is still theirs. */
  isKnownPasswordKept: boolean;
  /** The new person's provisional password still waits in the inbox. */
  isFirstLoginLeft: boolean;
};

export function summary(demo: DemoSettings, { isKnownPasswordKept, isFirstLoginLeft }: SeenPeople): string {
  const { settings, smtpPort, inboxPort } = demo;
  const [portal, agenda] = demoSites(demo);
  const mails =
    smtpPort === undefined
      ? `envoyés à ${new URL(settings.IDP_SMTP_URL).host}`
      : `http://localhost:${inboxPort}`;
  return `
  ${settings.IDP_TITLE} — démonstration prête

  1. Ouvrez  ${portal.url}  (Portail pro), puis « Se connecter ».

     Identifiant     Mot de passe
     ${KNOWN_PERSON.identifier.padEnd(16)}${isKnownPasswordKept ? KNOWN_PERSON.plainPassword : chosen(KNOWN_PERSON)}
     ${NEW_PERSON.identifier.padEnd(16)}${isFirstLoginLeft ? 'provisoire, dans son mail : première connexion à faire' : chosen(NEW_PERSON)}

  2. Boîte mail        ${mails}
  3. Agenda santé      ${agenda.url}  (déjà connecté ? sans mot de passe, mais avec votre accord)

     Fournisseur       ${settings.IDP_ISSUER}/.well-known/openid-configuration
     Exploitation      http://${settings.IDP_MANAGEMENT_HOST}:${settings.IDP_MANAGEMENT_PORT}/health/ready, /metrics
     Données           ${settings.IDP_DATA_DIR}  (gardées d'un démarrage à l'autre)
     Journal           ${journalOf(settings)}

  Ctrl-C pour tout arrêter.

`;
}

function chosen({ identifier }: { identifier: string }): string {
  return `celui que vous avez choisi (recommencer : npx esante-idp accounts reset ${identifier})`;
}
