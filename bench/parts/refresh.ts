// (c) Refresh tokens, each rotated at every use, 16 and 64 at once. Against the library in memory.
import type { PartResult } from '../targets.ts';
import { againstMemory } from './against-memory.ts';
import type { Stage } from './stage.ts';

export function refresh(stage: Stage): Promise<PartResult> {
  return againstMemory(stage, {
    scenario: 'refresh',
    what: 'refresh',
    name: '(c) refresh',
    targets: [
      { atOnce: 16, atLeast: 0.75 },
      { atOnce: 64, atLeast: 0.75 },
    ],
  });
}
