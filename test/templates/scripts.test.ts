// What the small scripts add to a page, what remains without them, and what the keyboard alone can do.
import { useGalleryBrowser } from '../support/gallery-browser.ts';

const { withPage, open } = useGalleryBrowser();

test('without JavaScript the error summary takes the focus and no button does nothing', async () => {
  const work = async (page: Parameters<Parameters<typeof withPage>[0]>[0]) => {
    await open(page, 'login-incorrect');
    expect(await page.locator('#error-summary:focus').count()).toBe(1);
    expect(await page.getByRole('button', { name: 'Afficher' }).count()).toBe(0);
  };
  await withPage(work, { javaScriptEnabled: false });
});

test('the skip link comes first and leads to the content', async () => {
  await withPage(async (page) => {
    await open(page, 'login');
    await page.keyboard.press('Tab');
    expect(await page.locator('.skip:focus').textContent()).toBe('Aller au contenu');
    await page.keyboard.press('Enter');
    expect(await page.locator('main:focus').count()).toBe(1);
  });
});

test('« Afficher » shows the password, says so, and hides it before the form is sent', async () => {
  await withPage(async (page) => {
    await open(page, 'login');
    const button = page.getByRole('button', { name: 'Afficher' });
    await page.getByLabel('Mot de passe').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('#password').getAttribute('type')).toBe('text');
    await page.evaluate(
      `document.querySelector('form').addEventListener('submit', (e) => e.preventDefault())`,
    );
    await page.getByRole('button', { name: 'Se connecter' }).click();
    expect(await page.locator('#password').getAttribute('type')).toBe('password');
  });
});

test('the policy ticks itself while the new password is typed', async () => {
  await withPage(async (page) => {
    await open(page, 'first-change');
    const met = () =>
      page
        .locator('#policy li.met')
        .evaluateAll((rules) => rules.map((rule) => rule.getAttribute('data-rule')));
    for (const [typed, rules] of [
      ['été', ['letters']],
      ['été 2026', ['length', 'letters', 'digits', 'meta']],
      ['١٢٣٤٥٦٧٨', ['length', 'digits']],
      ['🙂🙂🙂🙂', ['meta']],
      ['', []],
    ] as const) {
      await page.locator('#newPassword').fill(typed);
      expect(await met()).toEqual(rules);
    }
    expect(await page.locator('#policy [role=status]').textContent()).toMatch(
      /^Règles respectées\s: 0 sur 4$/,
    );
  });
});

test('a form is sent once, however often it is clicked', async () => {
  await withPage(async (page) => {
    const posts: string[] = [];
    await page.route('**/*', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      posts.push(route.request().url());
      await new Promise((resolve) => setTimeout(resolve, 300));
      await route.fulfill({ status: 204 });
    });
    await open(page, 'login');
    await page.getByRole('button', { name: 'Se connecter' }).dblclick();
    await page.waitForTimeout(500);
    expect(posts).toHaveLength(1);
  });
});

test("the menu under one's name closes on Escape", async () => {
  await withPage(async (page) => {
    await open(page, 'privacy');
    await page.getByText('Jeanne Martin').click();
    expect(await page.getByText('Dernière connexion le 01/07/2022, à 11:01').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.getByText('Mon compte').isVisible()).toBe(false);
  });
});
