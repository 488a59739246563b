// Every page with locals as an interaction would give them, for the gallery and for the accessibility test.
// A new page gets its samples here; the accessibility test fails on a template that has none.
import { describeEnrolment } from '../../interactions/enrolments.ts';
import { drawChallenge } from '../../src/domain/captcha/challenge.ts';
import { beginEnrolment } from '../../src/domain/enrolment.ts';
import type { Branding, PageLocals } from '../../src/http/render.ts';
import type { Translate } from '../../src/http/translate.ts';

export const SAMPLE_BRANDING: Branding = {
  title: 'MES SERVICES E-SANTE',
  organisation: "Normand'e-santé",
  portalUrl: 'https://www.norm-uni.fr/portail.pro/',
  supportMail: 'support@normand-esante.fr',
  supportPhone: '02 50 53 70 01',
};

/** `twin`: the page looks like another sample, with other words; one of them is enough for axe. */
export type SamplePage = { page: string; twin?: boolean; locals: (t: Translate) => PageLocals };

const methods = (current: string) =>
  ['certificate', 'strong', 'password'].map((name) => ({
    name,
    href: `/${name}`,
    current: name === current,
  }));

const login = (current: string) => ({
  methods: methods(current),
  serviceName: 'Portail pro',
  forgotUrl: '/account/forgot',
  abortUrl: '/abort',
  values: { identifier: 'n8u8taki' },
});

const policy = { minLength: 8, minLetters: 1, minDigits: 1, minMeta: 1 };
const captcha = (form: string) => ({
  captchaId: 'x',
  form,
  images: drawChallenge(Math.random).images.map((png) => `data:image/png;base64,${png.toString('base64')}`),
});
const firstChange = () => ({
  policy,
  captcha: captcha('first-change'),
  values: { identifier: 'n8u8taki' },
});
const account = () => ({
  viewer: {
    mark: 'Zm9ydCBsb25n',
    name: 'Jeanne Martin',
    previousLogin: { date: '01/07/2022', time: '11:01' },
    failures: 2,
    accountUrl: '/account',
    logoutUrl: '/account/logout',
  },
  account: {
    givenName: 'Jeanne',
    familyName: 'Martin',
    identifier: 'n8u8taki',
    email: 'jeanne.martin@exemple.fr',
    rpps: '10000000019',
    organization: 'Cabinet du port',
    locale: 'fr',
  },
  factorCount: 1,
  sessions: [
    {
      uid: '1',
      isCurrent: true,
      browser: 'Firefox sur Windows',
      method: 'password',
      date: '01/07/2022',
      time: '11:01',
      services: ['Portail pro'],
    },
    {
      uid: '2',
      isCurrent: false,
      browser: 'Safari sur iPhone',
      method: 'password',
      date: '01/07/2022',
      time: '08:12',
      services: ['Agenda des gardes', 'Portail pro', 'Téléexpertise'],
    },
    {
      uid: '3',
      isCurrent: false,
      browser: 'Navigateur inconnu',
      method: 'password',
      date: '30/06/2022',
      time: '18:40',
      services: [],
    },
  ],
  applications: [
    {
      clientId: 'x',
      name: 'Agenda des gardes',
      scopes: ['openid', 'profile'],
      since: '12/05/2026',
      isFirstParty: false,
    },
    {
      clientId: 'y',
      name: 'Téléexpertise',
      scopes: ['openid', 'health', 'offline_access'],
      since: '03/02/2026',
      isFirstParty: true,
    },
  ],
  activity: [
    { date: '01/07/2022', time: '11:01', event: 'login.succeeded', service: 'Portail pro' },
    { date: '30/06/2022', time: '18:40', event: 'login.failed' },
    { date: '12/05/2022', time: '09:12', event: 'password.changed' },
  ],
  policy,
  values: { identifier: 'n8u8taki' },
});
const enrolment = () => ({
  ...describeEnrolment(
    SAMPLE_BRANDING.title,
    { identifier: 'n8u8taki' },
    { ...beginEnrolment('password'), secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' },
  ),
  serviceName: 'Portail pro',
  abortUrl: '/abort',
});
const passkey = { url: '/passkey', options: {} };
const codes = Array.from({ length: 10 }, (_, n) => `7m2k-9qw${n}-4c0tz`);
const waiting = { continueUrl: '/interaction/1', serviceName: 'Portail pro' };

const failure = (code: string, more: PageLocals = {}): SamplePage => ({
  page: 'error',
  twin: code !== 'throttled' && code !== 'access_denied',
  locals: () => ({ code, reference: '7f3a9c21', ...more }),
});

export const SAMPLE_PAGES: Record<string, SamplePage> = {
  login: { page: 'login/password', locals: () => login('password') },
  'login-incorrect': {
    page: 'login/strong',
    locals: (t) => ({ ...login('strong'), passkey, errors: { form: t('login.incorrect') } }),
  },
  'login-throttled': {
    page: 'login/password',
    locals: (t) => ({ ...login('password'), errors: { form: t('throttled', { n: 3 }) } }),
  },
  'login-alone': {
    page: 'login/password',
    locals: (t) => ({
      methods: methods('password').slice(2),
      errors: { form: t('login.incorrect') },
      values: { identifier: 'n8u8taki' },
    }),
  },
  'login-strong': { page: 'login/strong', locals: () => ({ ...login('strong'), passkey }) },
  'first-change': { page: 'login/first-change', locals: firstChange },
  'first-change-refused': {
    page: 'login/first-change',
    locals: (t) => ({
      ...firstChange(),
      errors: {
        currentPassword: t('login.incorrect'),
        newPassword: [t('password.tooShort', { n: 8 }), t('password.meta', { n: 1 })],
        newPasswordConfirmation: t('password.confirmation.differs'),
        captcha: t('captcha.wrong'),
      },
    }),
  },
  confirmation: {
    page: 'login/confirmation',
    locals: () => ({ serviceName: 'Portail pro', continueUrl: '/interaction/1' }),
  },
  account: { page: 'account/home', locals: () => ({ ...account(), isRecent: true }) },
  'account-refused': {
    page: 'account/home',
    locals: (t) => ({
      ...account(),
      isRecent: true,
      errors: { currentPassword: t('login.incorrect'), newPassword: [t('password.common')] },
    }),
  },
  'account-email-refused': {
    page: 'account/home',
    locals: (t) => ({
      ...account(),
      isRecent: true,
      awaitedEmail: 'jeanne.martin@cabinet-du-port.example',
      formerAddress: 'j•••••n@exemple.fr',
      values: { identifier: 'n8u8taki', email: 'jeanne.martin' },
      errors: { email: t('email.invalid') },
    }),
  },
  'account-alarm-waits': {
    page: 'account/home',
    locals: () => ({
      ...account(),
      isRecent: false,
      notice: 'alarm-waits',
      formerAddress: 'j•••••n@exemple.fr',
    }),
  },
  'account-email': {
    page: 'account/email',
    locals: () => ({
      viewer: account().viewer,
      account: account().account,
      newAddress: 'jeanne.martin@cabinet-du-port.example',
      confirmUrl: '/account/email/confirm',
      cancelUrl: '/account/email/cancel',
    }),
  },
  'account-email-foreign': {
    page: 'account/email-link-foreign',
    locals: () => ({ viewer: account().viewer, logoutUrl: '/account/logout', accountUrl: '/account' }),
  },
  'account-sessions': {
    page: 'account/sessions',
    locals: () => ({
      ...account(),
      notice: 'session-closed',
      trustedBrowsers: [
        {
          id: '1',
          browser: 'Firefox, Windows',
          since: '12/05/2026',
          until: '11/06/2026',
          lastUse: { date: '01/06/2026', time: '08:02' },
        },
      ],
    }),
  },
  'account-applications': { page: 'account/applications', locals: account },
  'account-strong': {
    page: 'account/strong',
    locals: () => ({
      viewer: account().viewer,
      factors: [
        {
          id: '1',
          kind: 'authenticator',
          name: 'Mon téléphone',
          since: '12/05/2026',
          lastUse: { date: '01/07/2026', time: '11:01' },
        },
        { id: '2', kind: 'passkey', name: 'Ordinateur du cabinet', since: '03/06/2026' },
      ],
      unusedRecoveryCodes: 9,
      mayBegin: true,
      wantsCode: true,
      isRecent: true,
      notice: 'factor-added',
    }),
  },
  'account-strong-refused': {
    page: 'account/strong',
    locals: (t) => ({
      viewer: account().viewer,
      factors: [
        {
          id: '1',
          kind: 'authenticator',
          name: 'Un téléphone au nom vraiment très long, 40',
          since: '12/05/2026',
        },
      ],
      unusedRecoveryCodes: 0,
      mayBegin: true,
      wantsCode: true,
      isRecent: true,
      errors: { form: t('strong.proofIncorrect') },
    }),
  },
  'account-passkey-new': {
    page: 'account/passkey-new',
    locals: () => ({ viewer: account().viewer, newUrl: '/new', options: {} }),
  },
  'account-strong-new': {
    page: 'account/strong-new',
    locals: () => ({ viewer: account().viewer, ...enrolment() }),
  },
  'account-strong-link': {
    page: 'account/strong-link',
    locals: (t) => ({ values: { identifier: 'n8u8taki' }, errors: { form: t('login.incorrect') } }),
  },
  'account-recovery-codes': {
    page: 'account/recovery-codes',
    locals: () => ({ viewer: account().viewer, codes, continueUrl: '/account/strong' }),
  },
  'login-otp': {
    page: 'login/otp',
    locals: () => ({
      ...login('strong'),
      recoveryUrl: '/recovery',
      againUrl: '/strong',
      newcomerUrl: '/password',
      trustDays: 30,
      passkey,
    }),
  },
  'login-otp-refused': {
    page: 'login/otp',
    locals: (t) => ({
      ...login('strong'),
      isDemanded: true,
      passkey,
      recoveryUrl: '/recovery',
      errors: { form: t('login.incorrect') },
    }),
  },
  'login-recovery': { page: 'login/recovery', locals: () => ({ ...login('strong'), otpUrl: '/otp' }) },
  'login-enrol': {
    page: 'login/enrol',
    locals: (t) => ({ ...enrolment(), errors: { code: t('strong.codeWrong') } }),
  },
  'login-enrol-lost': {
    page: 'login/enrol',
    locals: () => ({ ...enrolment(), hasLost: true, values: { replaces: true } }),
  },
  'login-enrol-forbidden': {
    page: 'login/enrol-forbidden',
    locals: () => ({ serviceName: 'Portail pro', abortUrl: '/abort' }),
  },
  'login-recovered': {
    page: 'login/recovered',
    locals: () => ({
      ...login('strong'),
      unusedRecoveryCodes: 9,
      enrolUrl: '/enrol',
      continueUrl: '/interaction/1',
    }),
  },
  'login-newcomer': {
    page: 'login/password',
    locals: () => ({ ...login('password'), strongUrl: '/strong' }),
  },
  'login-enrolled': {
    page: 'login/enrolled',
    locals: () => ({ ...login('strong'), unusedRecoveryCodes: 9, continueUrl: '/account' }),
  },
  'login-enrolled-over': {
    page: 'login/enrolled',
    locals: () => ({ ...login('strong'), isOver: true, continueUrl: '/account' }),
  },
  'login-recovery-codes': {
    page: 'login/recovery-codes',
    locals: () => ({ codes, serviceName: 'Portail pro', continueUrl: '/interaction/1' }),
  },
  'account-secured': {
    page: 'account/secured',
    locals: () => ({ forgotUrl: '/account/forgot', mailAddress: 'restored' }),
  },
  'account-long-ago': {
    page: 'account/home',
    locals: () => ({ ...account(), isRecent: false, notice: 'change-waits' }),
  },
  forgot: {
    page: 'account/forgot',
    locals: () => ({ ...waiting, captcha: captcha('forgot'), values: { identifier: 'n8u8taki' } }),
  },
  'forgot-refused': {
    page: 'account/forgot',
    locals: (t) => ({
      captcha: captcha('forgot'),
      errors: { identifier: t('password.identifier.required'), captcha: t('captcha.wrong') },
    }),
  },
  'forgot-sent': {
    page: 'account/forgot-sent',
    locals: () => ({
      ...waiting,
      shownAddress: 'j•••••t@normand-esante.fr',
      againUrl: '/again',
      waitSeconds: 0,
    }),
  },
  'forgot-sent-too-soon': {
    page: 'account/forgot-sent',
    locals: () => ({ againUrl: '/again', waitSeconds: 42 }),
  },
  'forgot-sent-twice': {
    page: 'account/forgot-sent',
    locals: () => ({ shownAddress: 'j•••••t@normand-esante.fr', isSecond: true, waitSeconds: 0 }),
  },
  reset: { page: 'account/reset', locals: () => ({ policy, values: { identifier: 'n8u8taki' } }) },
  'reset-refused': {
    page: 'account/reset',
    locals: (t) => ({
      policy,
      errors: {
        identifier: t('login.incorrect'),
        newPassword: [t('password.tooShort', { n: 8 }), t('password.meta', { n: 1 })],
        newPasswordConfirmation: t('password.confirmation.differs'),
      },
    }),
  },
  'link-dead': {
    page: 'account/link-dead',
    locals: (t) => ({
      text: t('reset.linkDead'),
      continueText: t('login.forgot'),
      continueUrl: '/account/forgot',
    }),
  },
  consent: {
    page: 'login/consent',
    locals: () => ({
      client: {
        name: 'Agenda des gardes',
        organisation: 'Association des gardes de Normandie',
        policyUri: 'https://gardes.example/donnees',
        tosUri: 'https://gardes.example/conditions',
      },
      scopes: ['openid', 'profile', 'email', 'health', 'offline_access', 'gardes.lire'],
      abortUrl: '/abort',
    }),
  },
  'logout-confirm': {
    page: 'logout/confirm',
    locals: () => ({ formAction: '/session/end/confirm', xsrf: 'x', clientName: 'Portail pro' }),
  },
  'logout-done': {
    page: 'logout/done',
    locals: () => ({ clientName: 'Portail pro', continueUrl: 'https://portail.example/' }),
  },
  'logout-kept': { page: 'logout/kept', locals: () => ({}) },
  'error-session-expired': failure('session-expired'),
  'error-invalid-link': failure('invalid_redirect_uri'),
  'error-invalid-request': failure('invalid-request'),
  'error-not-found': failure('not-found'),
  'error-throttled': failure('throttled', { params: { n: 4 } }),
  'error-busy': failure('busy'),
  'error-server-error': failure('something-unheard-of'),
  'error-access_denied': failure('access_denied', { clientName: 'Portail pro', continueUrl: '/back' }),
  accessibility: { page: 'accessibility', locals: () => ({}) },
  privacy: {
    page: 'privacy',
    locals: () => ({
      viewer: {
        name: 'Jeanne Martin',
        previousLogin: { date: '01/07/2022', time: '11:01' },
        accountUrl: '/account',
        logoutUrl: '/account/logout',
      },
    }),
  },
};
