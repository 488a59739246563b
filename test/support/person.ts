// A person's browser without JavaScript: follows redirects, keeps cookies by path, and sends forms with all that their
// hidden fields hold. Stops at an application's address instead of opening it.
export type Page = {
  url: string;
  status: number;
  headers: Headers;
  body: string;
  /** Visible text, white space folded. */
  text: string;
};

export type Fields = Record<string, string | undefined>;

type Cookie = { name: string; value: string; path: string; raw: string };

/** What a browser sends for a form. */
export type FilledForm = { action: string; data: URLSearchParams };

export class Person {
  /** What the browser has been given, newest last. */
  readonly setCookies: string[] = [];
  page: Page | undefined;
  private readonly cookies = new Map<string, Cookie>();
  private readonly home: string;
  private readonly via: () => string;
  headers: Record<string, string> = {};

  /**
   * @param home origin of the provider; anything else is an application and not opened
   * @param via where requests really go: one of several replicas behind that origin
   */
  constructor(home: string, via: () => string = () => home) {
    this.home = new URL(home).origin;
    this.via = via;
  }

  /** Follows redirects until a page, or the address of an application, is reached. */
  async open(address: string, init: RequestInit = {}): Promise<Page> {
    let url = new URL(address, this.page?.url ?? this.home);
    let request = init;
    for (let hops = 0; hops < 20; hops++) {
      if (url.origin !== this.home) {
        this.page = { url: url.href, status: 0, headers: new Headers(), body: '', text: '' };
        return this.page;
      }
      const response = await this.request(url, request);
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status > 399) {
        const body = await response.text();
        this.page = {
          url: url.href,
          status: response.status,
          headers: response.headers,
          body,
          text: toText(body),
        };
        return this.page;
      }
      await response.arrayBuffer();
      url = new URL(location, url);
      request = {};
    }
    throw new Error('redirected for ever');
  }

  /** Posts a form, as `fill` has it, and follows where that leads. */
  post({ action, data }: FilledForm): Promise<Page> {
    return this.open(action, this.asPost(data));
  }

  /** The same, as far as the answer itself. */
  send({ action, data }: FilledForm, headers: Record<string, string> = {}): Promise<Response> {
    const init = this.asPost(data);
    return this.request(new URL(action), { ...init, headers: { ...init.headers, ...headers } });
  }

  private asPost(data: URLSearchParams) {
    return {
      method: 'POST',
      body: data.toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: this.home,
        'sec-fetch-site': 'same-origin',
      },
    };
  }

  /** Fills the page's form that has these fields and posts it to its action, or through one of its buttons. */
  async submit(fields: Fields = {}, { button }: { button?: string } = {}): Promise<Page> {
    return this.post(this.fill(fields, button));
  }

  /** What `submit` would send. */
  fill(fields: Fields, button?: string): FilledForm {
    const page = this.page!;
    const forms = [...page.body.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)].map(
      ([, attributes = '', inner = '']) => ({ attributes, inner }),
    );
    const wanted = Object.keys(fields);
    const form = forms.find(
      ({ inner }) =>
        wanted.every((name) => inner.includes(`name="${name}"`)) &&
        (button === undefined || inner.includes(`>${button}</button>`)),
    );
    if (!form)
      throw new Error(
        `no form with ${wanted.join(', ')} ${button ?? ''} on ${page.url} (${page.status}):\n${page.text}`,
      );
    const data = new URLSearchParams();
    for (const [tag] of form.inner.matchAll(/<input[^>]*>/g)) {
      const name = attribute(tag, 'name');
      const type = attribute(tag, 'type') ?? 'text';
      if (name === undefined || ((type === 'checkbox' || type === 'radio') && !/\schecked/.test(tag)))
        continue;
      data.set(name, attribute(tag, 'value') ?? '');
    }
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) data.delete(name);
      else data.set(name, value);
    }
    let action = attribute(form.attributes, 'action') ?? page.url;
    if (button !== undefined) {
      const tag =
        [...form.inner.matchAll(/<button[^>]*>(?=([^<]*)<\/button>)/g)].find(
          ([, label]) => label === button,
        )?.[0] ?? '';
      const name = attribute(tag, 'name');
      if (name !== undefined) data.set(name, attribute(tag, 'value') ?? '');
      action = attribute(tag, 'formaction') ?? action;
    }
    return { action: new URL(action, page.url).href, data };
  }

  /** One request, with this browser's cookies; no redirect is followed. */
  async request(url: URL, init: RequestInit = {}): Promise<Response> {
    const cookie = this.cookieHeader(url);
    const target = new URL(url.pathname + url.search, this.via());
    const response = await fetch(target, {
      redirect: 'manual',
      ...init,
      headers: {
        accept: 'text/html',
        ...(cookie && { cookie }),
        ...this.headers,
        ...(init.headers as Record<string, string>),
      },
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  /** What goes with a request for this address. */
  cookieHeader({ pathname }: URL): string {
    return [...this.cookies.values()]
      .filter(({ path }) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** As after the time that it lives. */
  forget(name: string): void {
    for (const [key, cookie] of this.cookies) if (cookie.name === name) this.cookies.delete(key);
  }

  cookie(name: string): string | undefined {
    return [...this.cookies.values()].find((cookie) => cookie.name === name)?.value;
  }

  private keep(line: string): void {
    this.setCookies.push(line);
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const [name = '', ...value] = pair.split('=');
    const path = attributes.find((text) => /^path=/i.test(text))?.slice(5) ?? '/';
    const expires = attributes.find((text) => /^expires=/i.test(text))?.slice(8);
    const key = `${name} ${path}`;
    if (expires !== undefined && Date.parse(expires) <= Date.now()) this.cookies.delete(key);
    else this.cookies.set(key, { name, value: value.join('='), path, raw: line });
  }
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : decodeEntities(value);
}

function toText(html: string): string {
  return decodeEntities(html.replace(/<(script|style)[^>]*>.*?<\/\1>/gs, '').replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

function decodeEntities(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
