import { contentSecurityPolicy, toFormActionOrigins } from '../../src/http/content-security-policy.ts';

describe('contentSecurityPolicy', () => {
  test('allows nothing inline and nobody to frame the page', () => {
    const policy = contentSecurityPolicy();
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toMatch(/form-action 'self'$/);
    expect(policy).not.toContain('unsafe');
  });

  test('lets a form lead to where the request may end', () => {
    expect(contentSecurityPolicy(['https://portail.example', 'com.example.app:'])).toMatch(
      /form-action 'self' https:\/\/portail\.example com\.example\.app:$/,
    );
  });

  test.each([
    "https://a.example; script-src 'unsafe-inline'",
    '*',
    "'unsafe-inline'",
    'https://a.example b',
    '',
  ])('leaves out %p', (origin) => {
    expect(contentSecurityPolicy([origin])).toBe(contentSecurityPolicy());
  });
});

describe('toFormActionOrigins', () => {
  test.each([
    ['https://portail.example/cb?x=1', ['https://portail.example']],
    ['http://127.0.0.1:8080/cb', ['http://127.0.0.1:8080']],
    ['http://[::1]:8080/cb', ['http:']],
    ['com.example.app:/cb', ['com.example.app:']],
    ['javascript:alert(1)', []],
    ['data:text/html,x', []],
    ['not a uri', []],
  ])('%s -> %j', (redirectUri, expected) => {
    expect(toFormActionOrigins([redirectUri])).toEqual(expected);
  });
});
