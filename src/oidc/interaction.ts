// The provider's interaction as our login steps see it: what is asked, by whom, and what was proved so far. Every step
// begins with `loadInteraction` and ends with `saveProgress`, `writeLogin`, `finishConsent` or `refuseInteraction`.
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import { type Client, errors, type Interaction, type InteractionResults } from 'oidc-provider';
import type { Database } from '../db/database.ts';
import { toAcrRequest } from '../domain/acr.ts';
import type { LoginProgress, LoginRequest, LoginRules } from '../domain/login-flow.ts';
import { endSession, sessionOfCookie } from './session.ts';

export type LoginInteraction = {
  uid: string;
  client: Client;
  request: LoginRequest;
  progress: LoginProgress | undefined;
  /** The raw parameters of the authorization request, which the provider has validated. */
  params: Record<string, unknown>;
  /** Of the application, validated. */
  redirectUri: string;
  raw: Interaction;
};

/**
 * Throws `errors.SessionNotFound` when the interaction is over, or is not this browser's: its cookie must name the
 * interaction of the address.
 */
export async function loadInteraction(
  provider: Provider,
  ctx: Context,
  rules: LoginRules,
): Promise<LoginInteraction> {
  const interaction = await provider.interactionDetails(ctx.req, ctx.res);
  if (interaction.uid !== ctx.params.uid)
    throw new errors.SessionNotFound('another interaction of this browser');
  const { params, result } = interaction;
  const client = await provider.Client.find(String(params.client_id));
  if (!client) throw new errors.SessionNotFound('the application is gone');
  return {
    uid: interaction.uid,
    client,
    request: toLoginRequest(interaction, client, rules),
    progress: result?.progress as LoginProgress | undefined,
    params,
    redirectUri: String(params.redirect_uri),
    raw: interaction,
  };
}

/** What an interaction asks of the person. */
export function toLoginRequest(
  { prompt, params }: Pick<Interaction, 'prompt' | 'params'>,
  client: Client,
  { reachable, strongRoles }: LoginRules,
): LoginRequest {
  return {
    prompt: prompt.name === 'consent' ? 'consent' : 'login',
    acr: toAcrRequest(params, client.defaultAcrValues ?? [], reachable),
    reachable,
    strongRoles,
  };
}

/** Keeps what was proved; the dispatcher decides what it is worth. */
export async function saveProgress({ raw }: LoginInteraction, progress: LoginProgress): Promise<void> {
  raw.result = { progress };
  await raw.persist();
}

/** What another request of this browser has made of the login since this one began (a double click). */
export async function findMeanwhile(
  provider: Provider,
  { uid }: LoginInteraction,
): Promise<{ finishedAt: string | undefined; progress: LoginProgress | undefined }> {
  const current = await provider.Interaction.find(uid);
  return {
    finishedAt: current?.result?.login === undefined ? undefined : current.returnTo,
    progress: current?.result?.progress as LoginProgress | undefined,
  };
}

/**
 * Ends the session of whoever is signed in in this browser by now, when it is somebody else: on a shared computer one
 * person's applications must not go on as the other's. The library would do it by a page of its own.
 */
export async function endOtherSession(
  { database, secure }: { database: Database; secure: boolean },
  ctx: Context,
  { raw }: LoginInteraction,
  accountId: string,
): Promise<void> {
  const session = await sessionOfCookie(database, ctx, secure);
  if (session === undefined || session.accountId === accountId) return;
  // Saved with the login.
  raw.session = undefined;
  await endSession(database, session);
}

/**
 * Writes the login, which the provider makes a session of (sql/queries/artefact/resume.sql). Returns where to send the browser.
 */
export async function writeLogin(interaction: LoginInteraction, progress: LoginProgress): Promise<string> {
  return submit(interaction, {
    progress,
    login: {
      accountId: progress.accountId,
      acr: progress.acr,
      amr: progress.amr,
      ts: progress.provedAt,
      remember: !progress.sharedComputer,
    },
  });
}

export async function finishConsent(interaction: LoginInteraction, grantId: string): Promise<string> {
  return submit(interaction, { consent: { grantId } });
}

/** Sends the person back to the application with an error of the protocol. */
export async function refuseInteraction(
  interaction: LoginInteraction,
  error: string,
  description: string,
): Promise<string> {
  return submit(interaction, { error, error_description: description });
}

/** What `provider.interactionResult` does, without reading the interaction a second time. */
async function submit({ raw }: LoginInteraction, result: InteractionResults): Promise<string> {
  raw.result = result.error === undefined ? { ...raw.lastSubmission, ...result } : result;
  await raw.persist();
  return raw.returnTo;
}
