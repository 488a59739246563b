// The settings of `npm run demo`: those of the product, under them what makes it run on one machine, and the ports of
// what the demo adds. All faults are told at once, as the product does. Read by demo/main.ts.
import { type Environment, readSettings, type Settings, SettingsFault } from '../config.ts';

export type DemoSettings = {
  settings: Settings;
  portalPort: number;
  agendaPort: number;
  inboxPort: number;
  /** Of the demo's mail server; undefined when IDP_SMTP_URL names another one. */
  smtpPort: number | undefined;
};

const PORTS = {
  DEMO_PORTAL_PORT: 4000,
  DEMO_AGENDA_PORT: 4001,
  DEMO_SMTP_PORT: 1025,
  DEMO_INBOX_PORT: 1080,
};

/** Throws `SettingsFault` with everything that is wrong. */
export function readDemoSettings(environment: Environment): DemoSettings {
  const faults = Object.keys(environment)
    .filter((name) => name.startsWith('DEMO_') && !(name in PORTS))
    .map((name) => `${name} is not a setting of the demo`);
  // Accounts whose passwords stand in the README must not get into a database that others use.
  if (environment.DATABASE_URL) faults.push('DATABASE_URL is set: the demo keeps to a database of its own');
  const port = (name: keyof typeof PORTS) => {
    const value = Number(environment[name] || PORTS[name]);
    if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
    faults.push(`${name} is not a port`);
    return PORTS[name];
  };
  const [portalPort, agendaPort] = [port('DEMO_PORTAL_PORT'), port('DEMO_AGENDA_PORT')];
  const [smtpPort, inboxPort] = [port('DEMO_SMTP_PORT'), port('DEMO_INBOX_PORT')];

  const settings = collect(faults, () =>
    readSettings({
      IDP_SMTP_URL: `smtp://127.0.0.1:${smtpPort}`,
      IDP_MAIL_FROM: 'ne-pas-repondre@normand-esante.fr',
      IDP_PORTAL_URL: `http://localhost:${portalPort}/`,
      // The summary on the terminal is what one reads; a fault still shows.
      IDP_LOG_LEVEL: 'warn',
      // Nobody sends requests here through a load balancer.
      IDP_SHUTDOWN_DELAY: '0',
      ...withoutEmpty(environment),
      DATABASE_URL: undefined,
    }),
  );
  if (faults.length > 0) throw new SettingsFault(faults);
  const hasOwnMail = Boolean(environment.IDP_SMTP_URL);
  return {
    settings: settings!,
    portalPort,
    agendaPort,
    inboxPort,
    smtpPort: hasOwnMail ? undefined : smtpPort,
  };
}

function collect<T>(faults: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SettingsFault)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

/** An empty variable is one that is not set: it must not hide a default. */
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}
