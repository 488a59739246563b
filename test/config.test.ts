import { type Environment, readSettings, type SettingsFault } from '../src/config.ts';

const needed = { IDP_SMTP_URL: 'smtp://localhost:25', IDP_MAIL_FROM: 'idp@exemple.fr' };
const faultsOf = (environment: Environment) => {
  try {
    readSettings({ ...needed, ...environment });
    return [];
  } catch (error) {
    return (error as SettingsFault).faults;
  }
};

it('has the defaults of the contract', () => {
  expect(readSettings(needed)).toMatchObject({
    IDP_ISSUER: 'http://localhost:3000',
    IDP_HOST: '127.0.0.1',
    IDP_MANAGEMENT_PORT: 9000,
    IDP_DATA_DIR: 'data',
    IDP_LOGIN_METHODS: ['certificate', 'strong', 'password'],
    IDP_PASSWORD_MIN_LENGTH: 8,
    IDP_PROVISIONAL_PASSWORD_TTL: 72 * 3600,
    IDP_SESSION_TTL: 4 * 3600,
    IDP_SESSION_IDLE_TTL: 1800,
    IDP_TITLE: 'MES SERVICES E-SANTE',
    IDP_ORGANISATION: "Normand'e-santé",
    IDP_SUPPORT_PHONE: '02 50 53 70 01',
  });
});

it.each([
  [{ IDP_ISUER: 'http://localhost' }, 'IDP_ISUER is not a setting'],
  [{ IDP_ISSUER: 'localhost:3000' }, /^IDP_ISSUER /],
  [{ IDP_ISSUER: 'https://idp.exemple.fr/' }, /^IDP_ISSUER /],
  [{ IDP_ISSUER: 'http://idp.exemple.fr' }, /^IDP_ISSUER .*https/],
  [{ IDP_PORT: '0' }, 'IDP_PORT is below 1'],
  [{ IDP_PORT: '70000' }, 'IDP_PORT is above 65535'],
  [{ IDP_PASSWORD_MIN_LENGTH: '7' }, 'IDP_PASSWORD_MIN_LENGTH is below 8'],
  [{ IDP_PASSWORD_MIN_LENGTH: '8.5' }, 'IDP_PASSWORD_MIN_LENGTH is not a whole number'],
  [{ IDP_SECRET_KEY: 'abc' }, /^IDP_SECRET_KEY each key is 32 bytes/],
  [{ IDP_LOGIN_METHODS: 'password,fingerprint' }, /^IDP_LOGIN_METHODS /],
  [{ IDP_LOGIN_METHODS: 'certificate' }, /^IDP_LOGIN_METHODS /],
  [{ IDP_ISSUER: 'http://localhost:9000' }, /^IDP_MANAGEMENT_PORT is the port of the provider itself/],
  [{ IDP_LOGIN_METHODS: 'password,password' }, /^IDP_LOGIN_METHODS .*twice/],
  [
    { IDP_LOGIN_METHODS: 'password', IDP_STRONG_ROLES: '10' },
    'IDP_STRONG_ROLES needs « strong » among IDP_LOGIN_METHODS',
  ],
  [{ IDP_STRONG_ROLES: 'médecin' }, /^IDP_STRONG_ROLES /],
  [{ IDP_TIME_SERVER: 'http://ntp.exemple.fr/' }, /^IDP_TIME_SERVER /],
  [{ IDP_TRUSTED_PROXIES: '10.0.0.0/8,proxy' }, 'IDP_TRUSTED_PROXIES is not an address or range'],
  [{ IDP_TRUSTED_PROXIES: '10.0.0.0/99' }, 'IDP_TRUSTED_PROXIES is not an address or range'],
  [{ IDP_MAIL_FROM: 'a@b@c' }, 'IDP_MAIL_FROM is not a mail address'],
  [{ IDP_ISSUER: 'https://idp.exemple.fr/realm' }, /^IDP_ISSUER /],
  [{ IDP_SMTP_URL: 'localhost' }, /^IDP_SMTP_URL /],
  [{ IDP_SMTP_URL: 'smtp://host:port' }, /^IDP_SMTP_URL /],
  [{ DATABASE_URL: 'mysql://x', IDP_SECRET_KEY: Buffer.alloc(32).toString('base64url') }, /^DATABASE_URL /],
  [{ DATABASE_URL: 'postgres://x' }, 'IDP_SECRET_KEY is missing (required with DATABASE_URL)'],
])('refuses %j', (environment, fault) => {
  expect(faultsOf(environment)).toEqual([typeof fault === 'string' ? fault : expect.stringMatching(fault)]);
});

it('tells everything at once', () => {
  expect(faultsOf({ IDP_SMTP_URL: undefined, IDP_MAIL_FROM: undefined, IDP_X: '1', IDP_PORT: 'a' })).toEqual([
    'IDP_X is not a setting',
    'IDP_PORT is not a number',
    'IDP_SMTP_URL is missing',
    'IDP_MAIL_FROM is missing',
  ]);
});

it('takes the settings of the contract that have no effect yet', () => {
  expect(faultsOf({ IDP_REGISTRATION: 'token', IDP_CERTIFICATE_URL: 'https://localhost:3443' })).toEqual([]);
});
