// Every setting of the server: its name, type, default and meaning. Read once at start by main.ts and the command
// line; all faults are told at once, and an unknown IDP_ name is one of them.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { parseSecretKeys } from './crypto/secret-key.ts';
import { isBuilt, LOGIN_METHODS } from './domain/login-methods.ts';
import { isMailAddress } from './domain/mail-address.ts';
import { isProfession, toSubjectRole } from './domain/profession.ts';
import { isLoopbackUrl } from './domain/redirect-uri.ts';

const HOUR = 3600;

const list = (text: string) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
const count = (smallest: number, largest: number, fallback: number) =>
  z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .min(smallest, `is below ${smallest}`)
    .max(largest, `is above ${largest}`)
    .default(fallback);
const webUrl = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text);

const later = z.string().optional();

const settings = z.object({
  // Public URL of the provider; every link and the `iss` are built from it.
  IDP_ISSUER: z
    .string()
    .refine(
      (text) => webUrl(text) && !/[?#@]|\/$/.test(text) && new URL(text).pathname === '/',
      'is not an http(s) URL without path, query and final slash',
    )
    .refine(
      (text) => !text.startsWith('http:') || isLoopbackUrl(text),
      'is http; https is required but on loopback',
    )
    .default('http://localhost:3000'),
  // Listener. Default port: the issuer's.
  IDP_PORT: z.coerce
    .number('is not a number')
    .int('is not a whole number')
    .min(1, 'is below 1')
    .max(65_535, 'is above 65535')
    .optional(),
  IDP_HOST: z.string().default('127.0.0.1'),
  // Health and metrics, on an address of their own.
  IDP_MANAGEMENT_PORT: count(1, 65_535, 9000),
  IDP_MANAGEMENT_HOST: z.string().default('127.0.0.1'),
  // PostgreSQL >= 14. Unset: the embedded database in IDP_DATA_DIR.
  DATABASE_URL: z
    .string()
    .refine((text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text), 'is not a postgresql:// URL')
    .optional(),
  IDP_DATABASE_POOL: count(2, 200, 10),
  IDP_DATA_DIR: z.string().min(1).default('data'),
  // 32 bytes, base64url; a comma-separated list: the first encrypts, all decrypt.
  IDP_SECRET_KEY: z
    .string()
    .transform((text, context) => {
      try {
        return parseSecretKeys(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
        return z.NEVER;
      }
    })
    .optional(),
  IDP_SMTP_URL: z
    .string()
    .refine(
      (text) => /^smtps?:\/\/[^/]/.test(text) && URL.canParse(text),
      'is not an smtp:// or smtps:// URL',
    ),
  IDP_MAIL_FROM: z.string().refine(isMailAddress, 'is not a mail address'),
  // Ways to sign in, in display order. Those this version does not have yet are left out of the page.
  IDP_LOGIN_METHODS: z
    .string()
    .transform(list)
    .pipe(
      z
        .array(z.enum(LOGIN_METHODS))
        .refine((methods) => methods.some(isBuilt), 'names no method of this version')
        .refine((methods) => new Set(methods).size === methods.length, 'names a method twice'),
    )
    .default([...LOGIN_METHODS]),
  // Addresses or CIDR ranges whose X-Forwarded-For counts.
  IDP_TRUSTED_PROXIES: z
    .string()
    .transform(list)
    .pipe(z.array(z.string().refine(isAddressOrRange, 'is not an address or range')))
    .default([]),
  // Hosts of applications that may have private addresses: for the keys that they publish and for telling them of a
  // sign-out.
  IDP_INTERNAL_HOSTS: z
    .string()
    .transform((text) => list(text.toLowerCase()))
    .default([]),
  IDP_PASSWORD_MIN_LENGTH: count(8, 128, 8),
  IDP_PASSWORD_LETTERS: count(0, 16, 1),
  IDP_PASSWORD_DIGITS: count(0, 16, 1),
  IDP_PASSWORD_META: count(0, 16, 1),
  // Seconds.
  IDP_PROVISIONAL_PASSWORD_TTL: count(60, 30 * 24 * HOUR, 72 * HOUR),
  IDP_SESSION_TTL: count(60, 24 * HOUR, 4 * HOUR),
  IDP_SESSION_IDLE_TTL: count(60, 24 * HOUR, 30 * 60),
  IDP_SHARED_COMPUTER_IDLE_TTL: count(60, 24 * HOUR, 15 * 60),
  // Failed logins of one identifier: from which one on to wait, the first wait and the longest in seconds, and how
  // many in 24 hours at most. Per address: the same with its own first number.
  IDP_LOGIN_WAIT_FROM: count(1, 100, 3),
  IDP_LOGIN_FIRST_WAIT: count(1, HOUR, 20),
  IDP_LOGIN_LONGEST_WAIT: count(1, 24 * HOUR, HOUR),
  IDP_LOGIN_FAILURES_PER_DAY: count(1, 10_000, 25),
  IDP_LOGIN_WAIT_FROM_PER_ADDRESS: count(1, 100_000, 50),
  // A link to a new password: how long it is good in seconds, how many are mailed for one account an hour and a day, and
  // how many an hour for one address. More are refused without a word.
  IDP_RESET_TTL: count(60, 24 * HOUR, HOUR),
  IDP_RESETS_PER_HOUR: count(1, 100, 3),
  IDP_RESETS_PER_DAY: count(1, 1_000, 10),
  IDP_RESETS_PER_HOUR_AND_ADDRESS: count(1, 100_000, 60),
  // Seconds after which « Vous n'avez rien reçu ? » takes a second request.
  IDP_RESET_AGAIN_AFTER: count(1, HOUR, 60),
  // Whether the page says which address the mail goes to, masked. Domains for the made-up address that it shows where
  // nobody has the identifier: those of real accounts. Default: as the accounts have them.
  IDP_RESET_SHOWS_ADDRESS: z.enum(['yes', 'no']).default('yes'),
  IDP_RESET_DOMAINS: z
    .string()
    .transform(list)
    .pipe(
      z
        .array(z.string().refine((domain) => isMailAddress(`a@${domain}`), 'is not a mail domain'))
        .min(1, 'is empty'),
    )
    .optional(),
  // Whether the password alone lets somebody have their first second factor, on the way to a service that demands strong
  // authentication and in « Mon compte ». No: an administrator mails a link.
  IDP_STRONG_SELF_ENROLMENT: z.enum(['yes', 'no']).default('yes'),
  // Seconds that an administrator's link to a first second factor is good for.
  IDP_STRONG_LINK_TTL: count(60, 7 * 24 * HOUR, 24 * HOUR),
  // Days that « Faire confiance à ce navigateur » is good for; 0: it is not offered.
  IDP_TRUSTED_BROWSER_DAYS: count(0, 90, 0),
  // Professions whose members need strong authentication for every service.
  IDP_STRONG_ROLES: z
    .string()
    .transform(list)
    .pipe(z.array(z.string().refine(isProfession, 'is not a profession').transform(toSubjectRole)))
    .default([]),
  // A time server (SNTP) that this machine's clock is compared with, by `doctor` and in /metrics: one-time codes need it right.
  IDP_TIME_SERVER: z
    .string()
    .refine((text) => /^[^/@?#]+$/.test(text) && URL.canParse(`udp://${text}`), 'is not a host, or host:port')
    .optional(),
  // Seconds between « not ready » and the end of listening, for whoever sends requests here to notice.
  IDP_SHUTDOWN_DELAY: count(0, 60, 1),
  IDP_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  IDP_TITLE: z.string().min(1).default('MES SERVICES E-SANTE'),
  IDP_ORGANISATION: z.string().min(1).default("Normand'e-santé"),
  IDP_PORTAL_URL: z
    .string()
    .refine(webUrl, 'is not an http(s) URL')
    .default('https://www.norm-uni.fr/portail.pro/'),
  IDP_SUPPORT_MAIL: z
    .string()
    .refine(isMailAddress, 'is not a mail address')
    .default('support@normand-esante.fr'),
  IDP_SUPPORT_PHONE: z.string().min(1).default('02 50 53 70 01'),
  // Names of the contract that later versions use: taken, told in the log, without effect.
  IDP_REGISTRATION: later,
  IDP_CERTIFICATE_URL: later,
  IDP_CERTIFICATE_TLS_CERT: later,
  IDP_CERTIFICATE_TLS_KEY: later,
  IDP_CERTIFICATE_TRUST: later,
});

export type Settings = z.infer<typeof settings>;
export type Environment = Record<string, string | undefined>;

/** Carries the full list of faults, one line each, naming the setting and never its value. */
export class SettingsFault extends Error {
  readonly faults: string[];

  constructor(faults: string[]) {
    super(`the settings are not right:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'SettingsFault';
    this.faults = faults;
  }
}

/** Reads the settings from the environment. Throws `SettingsFault` with everything that is wrong. */
export function readSettings(environment: Environment): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) => (name.startsWith('IDP_') || name === 'DATABASE_URL') && value !== '',
    ),
  );
  const unknown = Object.keys(given).filter((name) => !(name in settings.shape));
  const result = settings.safeParse(given);
  const faults = [
    ...unknown.map((name) => `${name} is not a setting`),
    ...(result.error?.issues ?? []).map(({ path, message, code }) => {
      const name = String(path[0]);
      return given[name] === undefined && code === 'invalid_type'
        ? `${name} is missing`
        : `${name} ${describe(message)}`;
    }),
  ];
  if (given.DATABASE_URL !== undefined && given.IDP_SECRET_KEY === undefined) {
    faults.push('IDP_SECRET_KEY is missing (required with DATABASE_URL)');
  }
  if (
    result.success &&
    result.data.IDP_STRONG_ROLES.length > 0 &&
    !result.data.IDP_LOGIN_METHODS.includes('strong')
  )
    faults.push('IDP_STRONG_ROLES needs « strong » among IDP_LOGIN_METHODS');
  if (
    result.success &&
    result.data.IDP_MANAGEMENT_PORT === listenerPort(result.data) &&
    result.data.IDP_MANAGEMENT_HOST === result.data.IDP_HOST
  )
    faults.push('IDP_MANAGEMENT_PORT is the port of the provider itself');
  if (faults.length > 0 || !result.success) throw new SettingsFault(faults);
  return result.data;
}

/** Where the provider listens: `IDP_PORT`, else the port of the issuer. */
export function listenerPort({ IDP_PORT, IDP_ISSUER }: Pick<Settings, 'IDP_PORT' | 'IDP_ISSUER'>): number {
  if (IDP_PORT !== undefined) return IDP_PORT;
  const { port, protocol } = new URL(IDP_ISSUER);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** The variables of a `.env` file beside the process, when there is one, under those of the environment. */
export function readEnvironment(file = '.env'): Environment {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return process.env;
    throw new Error(`${file} cannot be read (${code})`, { cause: error });
  }
  const pairs = text.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line);
    return match ? [[match[1]!, match[2]!.replace(/^(["'])(.*)\1$/, '$2')]] : [];
  });
  return { ...Object.fromEntries(pairs), ...process.env };
}

/** Those that are set although this version does nothing with them. */
export function listSettingsWithoutEffect(given: Settings): string[] {
  return Object.entries(settings.shape)
    .filter(([name, type]) => type === later && given[name as keyof Settings] !== undefined)
    .map(([name]) => name);
}

function isAddressOrRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  return (
    family !== 0 &&
    rest.length === 0 &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)))
  );
}

function describe(message: string): string {
  return /^(is|names|each)/.test(message) ? message : `is not right: ${message}`;
}
