// What the terminal says once the demo runs: where to click first, and what to try. Printed by demo/main.ts.

import { journalOf } from './demo-logger.ts';
import type { DemoSettings } from './demo-settings.ts';
import { KNOWN_PERSON, NEW_PERSON } from './seed.ts';
import { demoSites } from './sites.ts';

/** @param isFirstLoginLeft whether the new person's provisional password still waits in the inbox */
export function summary(demo: DemoSettings, isFirstLoginLeft: boolean): string {
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
     ${KNOWN_PERSON.identifier.padEnd(16)}${KNOWN_PERSON.plainPassword}
     ${NEW_PERSON.identifier.padEnd(16)}${isFirstLoginLeft ? 'provisoire, dans son mail : première connexion à faire' : `celui que vous avez choisi (recommencer : npx esante-idp accounts reset ${NEW_PERSON.identifier})`}

  2. Boîte mail        ${mails}
  3. Agenda santé      ${agenda.url}  (déjà connecté ? sans mot de passe, mais avec votre accord)

     Fournisseur       ${settings.IDP_ISSUER}/.well-known/openid-configuration
     Exploitation      http://${settings.IDP_MANAGEMENT_HOST}:${settings.IDP_MANAGEMENT_PORT}/health/ready, /metrics
     Données           ${settings.IDP_DATA_DIR}  (gardées d'un démarrage à l'autre)
     Journal           ${journalOf(settings)}

  Ctrl-C pour tout arrêter.

`;
}
