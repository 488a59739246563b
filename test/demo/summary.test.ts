// What the terminal tells to try must be true at this start, not at the first.
import { readDemoSettings } from '../../src/demo/demo-settings.ts';
import { summary } from '../../src/demo/summary.ts';

it.each([
  [true, 'jeanne.martin   Pommiers-27!'],
  [false, 'jeanne.martin   celui que vous avez choisi'],
])(
  'names the password that opens the known account (the one of the first start: %s)',
  (isKnownPasswordKept, line) => {
    const told = summary(readDemoSettings({}), { isKnownPasswordKept, isFirstLoginLeft: true });
    expect(told).toContain(line);
  },
);
