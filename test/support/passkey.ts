// An authenticator made of software (WebAuthn Level 3): makes a passkey and signs by it, rightly or however a test wants it.
import { generateKeyPairSync, hash, randomBytes, sign } from 'node:crypto';
import type { Person } from './person.ts';

type Options = { challenge: string; rp?: { id: string }; rpId?: string };
export type Flaw = {
  challenge?: string;
  origin?: string;
  rpId?: string;
  /** Its owner did not show who they are. */
  isUnverified?: boolean;
  counter?: number;
  type?: string;
};

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;
const BACKED_UP = 0x10;
const ATTESTED = 0x40;

export class SoftwarePasskey {
  readonly credentialId = randomBytes(32);
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  private counter = 0;
  private readonly isSynced: boolean;

  constructor({ isSynced = false } = {}) {
    this.isSynced = isSynced;
  }

  /** What `navigator.credentials.create` would answer. */
  create(options: Options, origin: string, flaw: Flaw = {}): string {
    const { x, y } = this.keys.publicKey.export({ format: 'jwk' });
    const key = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'),
      Buffer.from(x!, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y!, 'base64url'),
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.credentialId.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.credentialId, key]);
    const data = Buffer.concat([this.head(options, ATTESTED, flaw), attested]);
    const attestationObject = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'),
      Buffer.from([data.length]),
      data,
    ]);
    const client = this.clientData('webauthn.create', options, origin, flaw);
    return this.answer({ clientDataJSON: client, attestationObject });
  }

  /** What `navigator.credentials.get` would answer. */
  get(options: Options, origin: string, flaw: Flaw = {}): string {
    const authenticatorData = this.head(options, 0, flaw);
    const clientDataJSON = this.clientData('webauthn.get', options, origin, flaw);
    const signed = Buffer.concat([authenticatorData, hash('sha256', clientDataJSON, 'buffer')]);
    const signature = sign('sha256', signed, this.keys.privateKey);
    return this.answer({ clientDataJSON, authenticatorData, signature });
  }

  private head({ rp, rpId }: Options, more: number, flaw: Flaw): Buffer {
    const counter = Buffer.alloc(4);
    // Keys that are synced do not count.
    if (!this.isSynced) this.counter += 1;
    counter.writeUInt32BE(flaw.counter ?? this.counter);
    const synced = this.isSynced ? BACKUP_ELIGIBLE | BACKED_UP : 0;
    const verified = flaw.isUnverified ? 0 : USER_VERIFIED;
    const id = flaw.rpId ?? rp?.id ?? rpId!;
    return Buffer.concat([
      hash('sha256', id, 'buffer'),
      Buffer.from([USER_PRESENT | verified | synced | more]),
      counter,
    ]);
  }

  private clientData(type: string, { challenge }: Options, origin: string, flaw: Flaw): Buffer {
    const data = {
      type: flaw.type ?? type,
      challenge: flaw.challenge ?? challenge,
      origin: flaw.origin ?? origin,
      crossOrigin: false,
    };
    return Buffer.from(JSON.stringify(data));
  }

  private answer(parts: Record<string, Buffer>): string {
    const id = this.credentialId.toString('base64url');
    const response = Object.fromEntries(
      Object.entries(parts).map(([name, bytes]) => [name, bytes.toString('base64url')]),
    );
    return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
  }
}

/** What a page asks the browser for. */
export function shownOptions(person: Person): Options {
  const text = /data-options="([^"]+)"/.exec(person.page!.body)![1]!;
  return JSON.parse(text.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
}
