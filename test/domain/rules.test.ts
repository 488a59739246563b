// The small rules of the domain: numbers, names, levels and addresses.
import { toAcrRequest, toGrantedAcr } from '../../src/domain/acr.ts';
import { isIdentifier, normaliseIdentifier } from '../../src/domain/identifier.ts';
import { isProfession, toSubjectRole } from '../../src/domain/profession.ts';
import { findRedirectUriFault } from '../../src/domain/redirect-uri.ts';
import { isRpps, toSubjectNameId } from '../../src/domain/rpps.ts';

describe('RPPS numbers', () => {
  it.each(['99700367917', '99700218896', '99700434378'])('takes %s', (number) =>
    expect(isRpps(number)).toBe(true),
  );
  it.each(['99700367918', '9970036791', '997003679170', '9970036791a', '', '９９７００３６７９１７'])(
    'refuses %j',
    (number) => expect(isRpps(number)).toBe(false),
  );
  it('writes them as Pro Santé Connect does', () =>
    expect(toSubjectNameId('99700218896')).toBe('899700218896'));
});

describe('identifiers', () => {
  it.each([
    ['N8U8TAKI', 'n8u8taki'],
    [' n8u8 taki\u00a0', 'n8u8taki'],
    ['ｎ８ｕ８ｔａｋｉ', 'n8u8taki'],
    ['n8u8\u200btaki', 'n8u8taki'],
    ['ÉLODIE', 'élodie'],
  ])('takes %j for %j', (typed, meant) => expect(normaliseIdentifier(typed)).toBe(meant));
  it.each(['a', '', '.abc', 'a b', 'a\nb', 'a'.repeat(65), '<b>'])('refuses %j', (text) =>
    expect(isIdentifier(text)).toBe(false),
  );
  it.each(['n8u8taki', 'jeanne.martin', 'élodie', 'a@b.fr', '2024-x_y'])('takes %j', (text) =>
    expect(isIdentifier(text)).toBe(true),
  );
});

describe('professions', () => {
  it('completes a code by its nomenclature', () =>
    expect(toSubjectRole('10')).toBe('10^1.2.250.1.213.1.1.5.5'));
  it.each(['10', '60', '10^1.2.3'])('takes %s', (text) => expect(isProfession(text)).toBe(true));
  it.each(['1', 'doctor', '10^', '10^x', ''])('refuses %j', (text) => expect(isProfession(text)).toBe(false));
});

const ALL = ['eidas1', 'eidas2', 'eidas3'];

describe('levels of authentication', () => {
  const essential = (acr: object) =>
    toAcrRequest(
      { claims: JSON.stringify({ id_token: { acr: { essential: true, ...acr } } }), acr_values: 'eidas1' },
      [],
      ALL,
    );
  it('takes the lowest of acr_values for a minimum, which higher levels satisfy', () => {
    const request = toAcrRequest({ acr_values: 'eidas3 eidas2 nonsense' }, [], ALL);
    expect(request).toEqual({ minimum: 'eidas2' });
    expect(ALL.map((acr) => toGrantedAcr(acr, request))).toEqual([undefined, 'eidas2', 'eidas3']);
  });
  it('takes an essential claim exactly, and before acr_values', () => {
    expect(essential({ values: ['eidas2'] })).toEqual({ oneOf: ['eidas2'] });
    expect(essential({ value: 'eidas1' })).toEqual({ oneOf: ['eidas1'] });
    expect(ALL.map((acr) => toGrantedAcr(acr, essential({ values: ['eidas2'] })))).toEqual([
      undefined,
      'eidas2',
      'eidas2',
    ]);
  });
  it('takes what both the one value and the list allow, and an empty list for what nothing meets', () => {
    expect(essential({ value: 'eidas1', values: ['eidas1', 'eidas2'] })).toEqual({ oneOf: ['eidas1'] });
    expect(essential({ value: 'eidas3', values: ['eidas1'] })).toEqual({ oneOf: [] });
    expect(essential({ values: [] })).toEqual({ oneOf: [] });
    expect(toGrantedAcr('eidas3', { oneOf: [] })).toBeUndefined();
  });
  it.each([
    ['eidas1', 'eidas2'],
    ['eidas2', 'eidas2'],
    ['nonsense', 'eidas2'],
    // Out of reach: a wish, which must not take away what is registered.
    ['eidas3', 'eidas2'],
  ])('keeps what the application registered where a request asks for %s', (acr_values, minimum) =>
    expect(toAcrRequest({ acr_values }, ['eidas2'], ['eidas1', 'eidas2'])).toEqual({ minimum }),
  );
  it('falls back to what the application registered', () =>
    expect(toAcrRequest({}, ['eidas2'], ALL)).toEqual({ minimum: 'eidas2' }));
  it.each([
    {},
    { acr_values: 'x' },
    { claims: 'not json' },
    { claims: '{"id_token":null}' },
    { claims: '[]' },
  ])('asks nothing for %j', (parameters) => {
    expect(toAcrRequest(parameters, [], ALL)).toEqual({});
    expect(toGrantedAcr('eidas1', {})).toBe('eidas1');
  });
});

describe('redirect addresses', () => {
  const web = { isNative: false, issuerIsLoopback: false };
  const native = { isNative: true, issuerIsLoopback: false };
  it.each([
    ['https://app.exemple.fr/cb', web],
    ['https://app.exemple.fr/cb?x=1', web],
    ['http://127.0.0.1/cb', native],
    ['http://[::1]:7000/cb', native],
    ['fr.exemple.app:/cb', native],
    ['http://app.exemple.fr/cb', { isNative: false, issuerIsLoopback: true }],
  ])('takes %s', (uri, rules) => expect(findRedirectUriFault(uri, rules)).toBeUndefined());
  it.each([
    ['http://app.exemple.fr/cb', web],
    ['http://localhost/cb', web],
    ['http://app.exemple.fr/cb', native],
    ['javascript:alert(1)', native],
    ['data:text/html,x', native],
    ['myapp:/cb', native],
    ['fr.exemple.app:/cb', web],
    ['https://app.exemple.fr/#x', web],
    ['https://*.exemple.fr/', web],
    ['https://user@app.exemple.fr/', web],
    ['/cb', web],
    [`https://app.exemple.fr/${'x'.repeat(2000)}`, web],
  ])('refuses %s', (uri, rules) => expect(findRedirectUriFault(uri, rules)).toEqual(expect.any(String)));
});
