import { retryDelaySeconds } from '../../src/domain/mail.ts';
import { toSingleLine } from '../../src/domain/single-line.ts';

describe('the delay before another try', () => {
  it('doubles from five seconds to a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 100, 5000].map((attempts) => retryDelaySeconds(attempts, 0))).toEqual([
      5, 10, 20, 40, 60, 60, 60, 60,
    ]);
  });

  it('is shortened by chance, by a quarter at most', () => {
    expect(retryDelaySeconds(6, 0.5)).toBe(52.5);
    expect(retryDelaySeconds(6, 0.999)).toBeGreaterThan(45);
  });
});

describe('a single line', () => {
  it.each([
    ['Jean\r\nBcc: x', 'Jean Bcc: x'],
    ['a\0b\u0085c\u2028d\u2029e', 'a b c d e'],
    [' Jean\t', 'Jean'],
    ['a\u202egpj\u2066b', 'agpjb'],
    ['a\ud800b', 'a\ufffdb'],
    ['Éléonore 👩‍⚕️', 'Éléonore 👩‍⚕️'],
  ])('of %j is %j', (text, line) => {
    expect(toSingleLine(text)).toBe(line);
  });
});
