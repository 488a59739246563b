// (a) Somebody who is signed in comes from an application: authorize, token, userinfo, with PKCE and ES256. Against the
// library in memory, at 16 and at 64 at once.
import type { PartResult } from '../targets.ts';
import { againstMemory } from './against-memory.ts';
import type { Stage } from './stage.ts';

export function signedIn(stage: Stage): Promise<PartResult> {
  return againstMemory(stage, {
    scenario: 'signed-in',
    what: 'signed-in flow',
    name: '(a) signed-in flow',
    targets: [
      { atOnce: 16, atLeast: 0.75 },
      { atOnce: 64, atLeast: 0.9 },
    ],
  });
}
