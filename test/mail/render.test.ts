import { readdirSync } from 'node:fs';
import type { MailLocale, MailTemplate } from '../../src/domain/mail.ts';
import { createMailRenderer } from '../../src/mail/render.ts';
import { branding } from '../jobs/mail-office.ts';
import { templates } from '../support/templates.ts';

const renderMail = createMailRenderer(templates);

const TEMPLATES: MailTemplate[] = [
  'account-created',
  'password-changed',
  'reset-requested',
  'account-alarm',
  'alarm-for-support',
  'email-change-requested',
  'email-change-notice',
  'email-changed',
  'email-in-use',
  'authenticator-added',
  'authenticator-removed',
  'passkey-added',
  'passkey-removed',
  'recovery-codes-renewed',
  'recovery-code-used',
  'strong-reset',
  'strong-invited',
];
const LOCALES: MailLocale[] = ['fr', 'en'];
const LINK = 'https://id.normand-esante.fr/account/reset/dGhlIHRva2Vu';

const hasLink = (template: MailTemplate) =>
  /^((reset|email-change)-requested|strong-invited)$/.test(template);

const render = (
  template: MailTemplate,
  locale: MailLocale,
  params: Record<string, string> = { identifier: 'jdupont', newAddress: 'jeanne@exemple.fr' },
) =>
  renderMail(template, locale, {
    branding,
    portalUrl: branding.portalUrl,
    params,
    ...(template === 'account-created' && { secret: 'Kp7#mTx4Rw9!vBnd' }),
    ...(hasLink(template) && { secret: LINK }),
  });

/** The words of the HTML, as a reader sees them. */
const wordsOf = (html: string) =>
  html
    .replace(/<(style|title)[\s\S]*?<\/\1>/g, '')
    .replace(/<\/(p|h1|td)>|<br\/?>/g, ' ')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();

describe('the French mails', () => {
  it('M1 says what the guide prints', () => {
    expect(render('account-created', 'fr')).toMatchObject({
      subject: 'Votre accès à MES SERVICES E-SANTE',
      text: `Bonjour,

Votre identifiant de connexion : jdupont
Pour votre première connexion, utilisez le mot de passe provisoire suivant : Kp7#mTx4Rw9!vBnd

Vous pourrez ensuite définir votre mot de passe définitif et personnel pour votre compte.
Il vous est également possible de le modifier depuis https://www.norm-uni.fr/portail.pro/ en allant sur « Mon compte » => « Changer mon mot de passe ».

Cordialement,
Normand'e-santé
Mail : support@normand-esante.fr
Tél : 02 50 53 70 01
`,
    });
  });

  it('M2 says what the guide prints', () => {
    expect(render('password-changed', 'fr', {})).toMatchObject({
      subject: 'Votre mot de passe a été modifié',
      text: `Bonjour,

Votre changement de mot de passe a bien été pris en compte. Si vous n'avez pas effectué ce changement, merci de contacter le support technique de Normand'e-santé au 02 50 53 70 01.
`,
    });
  });

  it('M3 says what the guide prints, with the URL for « Valider »', () => {
    const { subject, text, html } = render('reset-requested', 'fr', {});
    expect(subject).toBe('Demande de changement de mot de passe');
    expect(text).toBe(`Bonjour,

Une demande de changement de mot de passe sur votre compte a été demandée.
Afin de prendre en compte cette demande, veuillez cliquer sur l'url suivante : ${LINK}
`);
    expect(html).toMatch(new RegExp(`href="${LINK}"[^>]*>Valider</a>`));
  });
});

describe.each(TEMPLATES)('%s', (template) => {
  describe.each(LOCALES)('in %s', (locale) => {
    const { subject, text, html } = render(template, locale);

    it('says in HTML, in the same order, all that the text says', () => {
      const words = wordsOf(html);
      let position = 0;
      for (const line of text.split('\n').filter(Boolean)) {
        const said = line.replace(LINK, '').trim();
        const found = words.indexOf(said, position);
        expect({ said, found: found >= 0 }).toEqual({ said, found: true });
        position = found + said.length;
      }
      expect(words).toContain(subject);
    });

    it('fetches nothing and has one button at most', () => {
      expect(html).not.toMatch(
        /<(img|link|script|iframe|video|svg|form)\b|url\(|@import|@font-face|\ssrc=|\sbackground=/i,
      );
      expect(html.match(/class="button-label"/g) ?? []).toHaveLength(hasLink(template) ? 1 : 0);
      const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, link]) => link);
      const known = [LINK, branding.portalUrl, `mailto:${branding.supportMail}`];
      expect(links.filter((link) => !known.includes(link!))).toEqual([]);
    });

    it('tells its language and its dark scheme', () => {
      expect(html).toContain(`<html lang="${locale}"`);
      expect(html).toContain('prefers-color-scheme: dark');
      expect(html).toContain('<meta name="color-scheme" content="light dark"');
    });
  });
});

describe('what people are called', () => {
  const evil = '<img src=x onerror=alert(1)> & "<b>Jean</b>"';

  it.each(LOCALES)('is text in a mail (%s), never markup', (locale) => {
    const { text, html } = render('account-created', locale, { identifier: evil });
    expect(text).toContain(evil);
    expect(html).not.toMatch(/<img|<b>/);
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;&lt;b&gt;Jean&lt;/b&gt;&quot;');
  });

  it('cannot borrow the secret or a word of the branding', () => {
    const { text } = render('account-created', 'fr', { identifier: '{secret} {organisation} $& #{secret}' });
    expect(text).toContain('Votre identifiant de connexion : {secret} {organisation} $& #{secret}\n');
  });

  it('cannot replace the branding or the secret', () => {
    const { text } = render('password-changed', 'fr', { organisation: 'Evil', supportPhone: '0 899' });
    expect(text).toContain("Normand'e-santé au 02 50 53 70 01");
  });
});

describe('a mail without a value for one of its words', () => {
  it('is not written', () => {
    expect(() => render('account-created', 'fr', {})).toThrow('{identifier}');
  });
});

describe('the folder of mails', () => {
  it('has text and HTML for each mail and locale, and nothing else', () => {
    const expected = TEMPLATES.flatMap((name) =>
      LOCALES.flatMap((locale) => [`${name}.${locale}.pug`, `${name}.${locale}.txt`]),
    );
    expect(readdirSync('templates/mails').sort()).toEqual([...expected, 'layout.pug'].sort());
  });
});
