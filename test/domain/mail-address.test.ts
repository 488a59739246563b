import { isMailAddress, maskMailAddress } from '../../src/domain/mail-address.ts';

const longLabel = 'a'.repeat(63);

describe('a mail address', () => {
  it.each([
    'jean.dupont@normand-esante.fr',
    "o'neil+astreinte@ch-rouen.fr",
    'a@b.co',
    'no-reply@localhost',
    'medecin@hôpital-été.fr',
    'medecin@例え.jp',
    `${'a'.repeat(64)}@normand-esante.fr`,
    `a@${longLabel}.fr`,
  ])('takes %s', (address) => {
    expect(isMailAddress(address)).toBe(true);
  });

  it.each([
    '',
    '@',
    'jean',
    'jean@',
    '@normand-esante.fr',
    'jean@normand-esante',
    'jean@@normand-esante.fr',
    'jean@a@normand-esante.fr',
    '.jean@normand-esante.fr',
    'jean.@normand-esante.fr',
    'jean..dupont@normand-esante.fr',
    'jean dupont@normand-esante.fr',
    'jean@normand esante.fr',
    ' jean@normand-esante.fr',
    'jean@normand-esante.fr ',
    'jean@normand-esante.fr\r\nBcc: evil@evil.tld',
    'jean@normand-esante.fr\nevil@evil.tld',
    'jean\r@normand-esante.fr',
    'jean@normand-esante.fr\0',
    'jean\0@normand-esante.fr',
    '"jean dupont"@normand-esante.fr',
    '"a@evil.tld\\" "@normand-esante.fr',
    'Jean <jean@normand-esante.fr>',
    '<jean@normand-esante.fr>',
    'jean@normand-esante.fr,evil@evil.tld',
    'jean,evil@evil.tld',
    'jean@normand-esante.fr;evil@evil.tld',
    'jean(evil)@normand-esante.fr',
    'jean@normand-esante.fr(evil)',
    'group:jean@normand-esante.fr',
    'jean@[127.0.0.1]',
    'jean@127.0.0.1',
    'jean@-normand.fr',
    'jean@normand-.fr',
    'jean@normand..fr',
    'jean@.fr',
    'jean@normand.fr.',
    'jean@nor_mand.fr',
    'jean@normand%2efr.tld',
    'jean@normand。fr',
    'jéan@normand-esante.fr',
    'jean\u202e@normand-esante.fr',
    'jean@xn--a.fr\u0000',
    `${'a'.repeat(65)}@normand-esante.fr`,
    `a@${'a'.repeat(64)}.fr`,
    `a@${longLabel}.${longLabel}.${longLabel}.${longLabel}.fr`,
    `a@${'é'.repeat(60)}.${'é'.repeat(60)}.${'é'.repeat(60)}.${'é'.repeat(60)}.fr`,
  ])('refuses %j', (address) => {
    expect(isMailAddress(address)).toBe(false);
  });

  it('does not take longer for a longer one', () => {
    const started = performance.now();
    expect(isMailAddress(`${'a.'.repeat(500_000)}@normand-esante.fr`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('a masked mail address', () => {
  it.each([
    ['jean.dupont@normand-esante.fr', 'j•••••••••t@normand-esante.fr'],
    ['jdt@normand-esante.fr', 'j•••t@normand-esante.fr'],
    ['jd@normand-esante.fr', 'j•••@normand-esante.fr'],
    ['j@normand-esante.fr', 'j•••@normand-esante.fr'],
    ['nothing', '•••'],
  ])('shows of %s only %s', (address, masked) => {
    expect(maskMailAddress(address)).toBe(masked);
  });
});
