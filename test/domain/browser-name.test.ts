import { toBrowserName } from '../../src/domain/browser-name.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

it.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0', 'Firefox', 'Windows'],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/130.0.0.0 Safari/537.36 Edg/130.0`,
    'Microsoft Edge',
    'Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'Safari',
    'iPhone',
  ],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/130.0.0.0 Safari/537.36`, 'Chrome', 'Linux'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
    'Safari',
    'macOS',
  ],
])('names %s', (header, name, system) => {
  expect(toBrowserName(header)).toEqual({ name, system });
});

it.each(['', 'curl/8.5.0', '<script>alert(1)</script>', 'x '.repeat(3000), '\u0007'])(
  'makes nothing of %j',
  (header) => {
    expect(toBrowserName(header)).toEqual({});
  },
);

it('repeats no message that a browser has for a name', () => {
  for (const word of ['<script>alert(1)</script>', 'Appelez-le-06-12-34-56-78-sans-attendre'])
    expect(toBrowserName(`${word}/1.0 (Windows NT 10.0; Win64; x64)`)).toEqual({ system: 'Windows' });
});
