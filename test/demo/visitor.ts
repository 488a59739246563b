// A person without JavaScript who goes from a demo site to the provider and back, and reads the demo's inbox. For
// demo.test.ts.
import pg from 'pg';
import { embeddedConnection } from '../../src/db/embedded.ts';
import { Person } from '../support/person.ts';
import type { DemoPlace } from './run-demo.ts';

export type InboxMail = { subject: string; text: string; to: { address: string }[] };

export class Visitor {
  readonly site: Person;
  readonly provider: Person;
  private readonly place: DemoPlace;

  constructor(place: DemoPlace) {
    const { IDP_ISSUER, DEMO_PORTAL_PORT } = place.environment;
    this.place = place;
    this.site = new Person(`http://localhost:${DEMO_PORTAL_PORT}`);
    this.provider = new Person(IDP_ISSUER!);
  }

  /** « Se connecter » on the site; the page of the provider that it leads to. */
  async beginLogin(): Promise<string> {
    await this.site.open('/');
    const { url } = await this.site.open('/login');
    return (await this.provider.open(url)).text;
  }

  /** What the site shows once the provider has sent the person back to it. */
  async arrive(): Promise<string> {
    return (await this.site.open(this.provider.page!.url)).text;
  }

  async readInbox(): Promise<InboxMail[]> {
    const response = await fetch(`http://localhost:${this.place.environment.DEMO_INBOX_PORT}/api/email`);
    return (await response.json()) as InboxMail[];
  }

  /** What a person sees and a test cannot: which picture of the page is the odd one. */
  async lookAtPictures(): Promise<string> {
    const id = /name="captchaId" value="([^"]+)"/.exec(this.provider.page!.body)?.[1];
    const client = new pg.Client(embeddedConnection(`${this.place.folder}/data`));
    await client.connect();
    const { rows } = await client.query('SELECT answer FROM captcha WHERE id = $1', [id]);
    await client.end();
    return String(rows[0].answer);
  }
}
