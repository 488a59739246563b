// The cookies of one browser, by path, as far as the provider needs them.
import type { Answer } from './http-client.ts';

export class CookieJar {
  private readonly cookies = new Map<string, { value: string; path: string }>();

  /** The Cookie header for a path (with or without its query). */
  header(target: string): string {
    const [path = ''] = target.split('?');
    const pairs: string[] = [];
    for (const [name, cookie] of this.cookies) {
      if (path.startsWith(cookie.path)) pairs.push(`${name}=${cookie.value}`);
    }
    return pairs.join('; ');
  }

  keep({ setCookie }: Pick<Answer, 'setCookie'>): void {
    for (const line of setCookie) {
      const [pair = '', ...attributes] = line.split('; ');
      const end = pair.indexOf('=');
      const value = pair.slice(end + 1);
      const path = attributes.find((text) => text.startsWith('path='))?.slice('path='.length) ?? '/';
      if (value === '') this.cookies.delete(pair.slice(0, end));
      else this.cookies.set(pair.slice(0, end), { value, path });
    }
  }
}
