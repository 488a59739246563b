// The composition root: settings and a database in, the whole product out. start.ts listens with it; nothing else puts
// parts together.
import { createSecretKey } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import type Provider from 'oidc-provider';
import type { Logger } from 'pino';
import { enrolments } from '../interactions/enrolments.ts';
import { interactions } from '../interactions/index.ts';
import { firstPage } from '../interactions/login/first-page.ts';
import { passwordClaims } from '../interactions/login/password-claim.ts';
import { trustCookie } from '../interactions/login/trusted-browser.ts';
import { createThrottle } from './actions/throttled.ts';
import type { Settings } from './config.ts';
import { createPasswordHasher, type HashingCost, type PasswordHasher } from './crypto/password-hasher.ts';
import { type AccountRow, accountFinder, toAccount } from './db/account.ts';
import { purgeAnsweredForms } from './db/answered-form.ts';
import { artefacts } from './db/artefact.ts';
import { purgeAudit } from './db/audit.ts';
import { purgeCaptchas } from './db/captcha.ts';
import { clients } from './db/client.ts';
import type { Database } from './db/database.ts';
import { purgeEmailChanges } from './db/email-change.ts';
import { purgeEnrolmentLinks } from './db/enrolment-link.ts';
import { loadInstallationSecret } from './db/installation-secret.ts';
import { enqueueLogouts } from './db/logout-notice.ts';
import { purgePasswordResets } from './db/password-reset.ts';
import { purgeTaken } from './db/taken-once.ts';
import { purgeThrottle } from './db/throttle.ts';
import { purgeTrustedBrowsers } from './db/trusted-browser.ts';
import { type Account, hasProvisionalPassword } from './domain/account.ts';
import { isBuilt, reachableAcr } from './domain/login-methods.ts';
import type { TellLogout } from './domain/logout-notice.ts';
import { toRelyingParty } from './domain/passkey.ts';
import type { SecretKey } from './domain/secret-key.ts';
import {
  toBranding,
  toDecoyDomains,
  toLinkLimits,
  toPasswordPolicy,
  toThrottleLimits,
} from './from-settings.ts';
import { loadAssets } from './http/assets.ts';
import { browserCookie } from './http/browser-cookie.ts';
import { clientAddress } from './http/client-address.ts';
import { drawLimit } from './http/draw-limit.ts';
import { errorPages } from './http/errors.ts';
import { guard, ownOrigin } from './http/guard.ts';
import { locale } from './http/locale.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { releaseContext } from './http/release-context.ts';
import { createRenderer } from './http/render.ts';
import { forgetSession } from './http/session-cookies.ts';
import { withAccountClient } from './oidc/account-client.ts';
import { createAdapter } from './oidc/adapter.ts';
import { deferBackchannelLogout } from './oidc/backchannel-logout.ts';
import { toProviderAccount } from './oidc/claims.ts';
import { createClientGuessing } from './oidc/client-guessing.ts';
import { watchProvider } from './oidc/events.ts';
import { providerHeaders } from './oidc/headers.ts';
import { loadSigningKeys } from './oidc/keys.ts';
import { lifetimes } from './oidc/lifetimes.ts';
import { providerPages } from './oidc/pages.ts';
import { createProvider } from './oidc/provider.ts';
import { takeFromRequest } from './oidc/request-cache.ts';
import { requestWrites } from './oidc/request-writes.ts';
import { resumeAddress } from './oidc/resume-address.ts';
import { sessionProlonger } from './oidc/session.ts';
import { loadExistingGrant } from './oidc/session-grants.ts';
import type { Templates } from './pug/load.ts';

export type App = {
  /** The Koa application that answers people and applications. */
  provider: Provider;
  metrics: Metrics;
  hasher: PasswordHasher;
  tellLogout: TellLogout;
  /** Each deletes at most 1,000 rows that have had their time. */
  purges: (() => Promise<number>)[];
};

export type AppDeps = {
  settings: Settings;
  database: Database;
  secretKey: SecretKey;
  templates: Templates;
  logger: Logger;
  hashing?: HashingCost | undefined;
};

/** Makes the signing keys when the database has none. */
export async function createApp({
  settings,
  database,
  secretKey,
  templates,
  logger,
  hashing,
}: AppDeps): Promise<App> {
  const secure = settings.IDP_ISSUER.startsWith('https:');
  const branding = toBranding(settings);
  const policy = toPasswordPolicy(settings);
  const methods = settings.IDP_LOGIN_METHODS.filter(isBuilt);
  const acrValues = reachableAcr(methods);
  const rules = { reachable: acrValues, strongRoles: settings.IDP_STRONG_ROLES };

  const metrics = createMetrics();
  const assets = loadAssets();
  const render = createRenderer({ templates, branding, assetUrl: assets.assetUrl });

  const stored = artefacts(database);
  const writes = requestWrites(stored);
  const applications = withAccountClient(clients(database, secretKey), settings.IDP_ISSUER);
  const readAccount = accountFinder(database);
  const isFirstParty = async (clientId: string) => (await applications.find(clientId))?.firstParty === true;

  const guessing = createClientGuessing(database, secretKey.derive('client guessing')[0]!);

  const provider = createProvider({
    settings,
    secretKey,
    signingKeys: await loadSigningKeys(database, secretKey),
    pairwiseSalt: await loadInstallationSecret(database, secretKey, 'pairwise'),
    adapter: createAdapter(stored, applications, writes, guessing.refuseGuess),
    async findAccount(sub) {
      // Read together with the token or session that named it, when there was one.
      const row = takeFromRequest<AccountRow>(`Account:${sub}`);
      const account = row ? toAccount(row) : await readAccount(sub);
      return account && isUsable(account) ? toProviderAccount(account) : undefined;
    },
    loadExistingGrant: loadExistingGrant({
      database,
      clients: applications,
      key: secretKey.derive('session-grants')[0]!,
    }),
    isFirstParty,
    acrValues,
    pages: providerPages(render, logger),
  });
  watchProvider(provider, metrics, logger, guessing);
  const tellLogout = deferBackchannelLogout(provider, (notice) => enqueueLogouts(database, [notice]));

  const hasher = await createPasswordHasher(undefined, hashing);
  const browser = browserCookie(secure);
  const router = interactions({
    provider,
    database,
    render,
    hasher,
    policy,
    methods,
    rules,
    isFirstParty,
    browser,
    countLogin: metrics.countLogin,
    findAccount: readAccount,
    throttle: createThrottle(database, secretKey.derive('throttle')[0]!, toThrottleLimits(settings)),
    productWords: [...settings.IDP_TITLE.split(/\s+/), settings.IDP_ORGANISATION],
    mail: { secretKey, mailFrom: settings.IDP_MAIL_FROM },
    proofKeys: secretKey.derive('captcha proof of work'),
    bindingOf: browser.ensure,
    limitDraws: drawLimit(),
    portalUrl: settings.IDP_PORTAL_URL,
    issuer: settings.IDP_ISSUER,
    linkLimits: toLinkLimits(settings),
    decoy: {
      key: await loadInstallationSecret(database, secretKey, 'decoy mail address'),
      domains: toDecoyDomains(settings, database),
    },
    showsAddress: settings.IDP_RESET_SHOWS_ADDRESS === 'yes',
    seal: secretKey,
    recoveryKey: await loadInstallationSecret(database, secretKey, 'recovery code'),
    enrolsItself: settings.IDP_STRONG_SELF_ENROLMENT === 'yes',
    trust: trustCookie({ secure, days: settings.IDP_TRUSTED_BROWSER_DAYS }),
    trustDays: settings.IDP_TRUSTED_BROWSER_DAYS,
    passkeyKey: createSecretKey(secretKey.derive('passkey challenge')[0]!),
    relyingParty: toRelyingParty(settings.IDP_ISSUER, settings.IDP_TITLE),
    claims: passwordClaims({ seal: secretKey, secure }),
    enrolments: enrolments({ seal: secretKey, secure }),
    title: settings.IDP_TITLE,
    hasStrong: methods.includes('strong'),
    strongLinkTtlSeconds: settings.IDP_STRONG_LINK_TTL,
    linkTtlSeconds: settings.IDP_RESET_TTL,
    againAfterSeconds: settings.IDP_RESET_AGAIN_AFTER,
    secure,
    supportMail: settings.IDP_SUPPORT_MAIL,
    forgetSession: (ctx) => forgetSession(ctx, secure),
    prolongSession: sessionProlonger(database, lifetimes(settings).Session, secure),
  });

  const refuseForeignForm = ownOrigin(settings.IDP_ISSUER);
  provider.use(releaseContext);
  provider.use(metrics.middleware);
  provider.use(clientAddress(settings.IDP_TRUSTED_PROXIES));
  provider.use(locale());
  provider.use(errorPages(render, logger));
  provider.use(providerHeaders(secure));
  provider.use(guard(settings.IDP_ISSUER));
  provider.use(assets.serve);
  provider.use((ctx, next) => {
    if (ctx.method === 'POST' && isOwnForm(ctx.path)) refuseForeignForm(ctx);
    return next();
  });
  provider.use(resumeAddress);
  provider.use(firstPage({ methods, rules }));
  provider.use(writes.finish);
  provider.use(router.routes());
  // A connection that the other side broke is no fault of ours.
  (provider as EventEmitter).on('error', (error: NodeJS.ErrnoException) => {
    const level = /^(HPE_|ECONNRESET$|EPIPE$|ERR_STREAM_PREMATURE_CLOSE$)/.test(error.code ?? '')
      ? 'info'
      : 'error';
    logger[level]({ err: error }, 'a response failed');
  });

  return {
    provider,
    metrics,
    hasher,
    tellLogout,
    purges: [
      stored.purge,
      () => purgeCaptchas(database),
      () => purgeThrottle(database),
      () => purgePasswordResets(database),
      () => purgeEmailChanges(database),
      () => purgeTaken(database),
      () => purgeAnsweredForms(database),
      () => purgeEnrolmentLinks(database),
      () => purgeTrustedBrowsers(database),
      () => purgeAudit(database),
    ],
  };
}

function isUsable(account: Account): boolean {
  // Nobody is signed in by a provisional password, whatever a login and a reset did at the same moment.
  return account.lockedAt === undefined && !hasProvisionalPassword(account);
}

/** Pages of ours, as opposed to the endpoints that applications post to. */
function isOwnForm(path: string): boolean {
  return /^\/(interaction|account|admin|captcha|session\/end\/confirm)(\/|$)/i.test(path);
}
