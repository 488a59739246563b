// What a passkey signs to sign somebody in, and what a page needs to ask for that.
import { createHmac } from 'node:crypto';
import type { LoginDeps, LoginStepContext } from './login-step.ts';

/** One for each login, which ends with the first success: no signature is good twice. */
export function challengeOf({ passkeyKey }: LoginDeps, { interaction }: LoginStepContext): string {
  return createHmac('sha256', passkeyKey).update(interaction.uid).digest('base64url');
}

/** What a page needs to ask the browser for a signature (WebAuthn §5.5); bytes in base64url. */
export function passkeyLocals(deps: LoginDeps, step: LoginStepContext) {
  return {
    url: step.url('passkey'),
    options: { challenge: challengeOf(deps, step), rpId: deps.relyingParty.id, userVerification: 'required' },
  };
}
