// Reads a posted form: a flat list of names, each once, of honest text. Everything else is refused with a 4xx, so that
// the steps behind it handle strings only.
import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import { RequestRefused } from './request-refused.ts';

/** Bytes. */
const LARGEST_BODY = 64 * 1024;
const MOST_FIELDS = 50;

export type Form = {
  /** The text of a field; empty when it was not sent. */
  get(name: string): string;
  has(name: string): boolean;
  /** All of it, as it was sent. */
  text: string;
};

const forms = new WeakMap<IncomingMessage, Promise<Form>>();

/** The same again for the same request. Throws `RequestRefused`. */
export function readForm(ctx: Context): Promise<Form> {
  const known = forms.get(ctx.req);
  if (known) return known;
  const form = parse(ctx);
  forms.set(ctx.req, form);
  return form;
}

async function parse(ctx: Context): Promise<Form> {
  const body = await readBody(ctx.req);
  if (body.length > 0 && !ctx.is('application/x-www-form-urlencoded')) {
    throw new RequestRefused('invalid-request', 'the body is not a form');
  }
  const fields = parseForm(body);
  return { get: (name) => fields.get(name) ?? '', has: (name) => fields.has(name), text: body };
}

async function readBody(request: IncomingMessage): Promise<string> {
  if (request.headers['content-encoding'])
    throw new RequestRefused('invalid-request', 'the body is compressed');
  const chunks: Buffer[] = [];
  let size = Number(request.headers['content-length'] ?? 0);
  if (size > LARGEST_BODY) throw new RequestRefused('too-large', 'Content-Length');
  size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > LARGEST_BODY) throw new RequestRefused('too-large', 'the body');
      chunks.push(chunk);
    }
  } catch (error) {
    if (request.complete || error instanceof RequestRefused) throw error;
    throw new RequestRefused('invalid-request', 'the sender left before the end of the body');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new RequestRefused('invalid-request', 'the body is not UTF-8');
  }
}

/** A Map, so that no field name means anything to the language. */
function parseForm(body: string): Map<string, string> {
  const pairs = body.split('&').filter(Boolean);
  if (pairs.length > MOST_FIELDS) throw new RequestRefused('invalid-request', 'too many fields');
  const fields = new Map<string, string>();
  for (const pair of pairs) {
    const [name = '', ...rest] = pair.split('=');
    const key = decode(name);
    if (fields.has(key)) throw new RequestRefused('invalid-request', 'a field was sent twice');
    fields.set(key, decode(rest.join('=')));
  }
  return fields;
}

function decode(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new RequestRefused('invalid-request', 'the form is not UTF-8');
  }
  if (decoded.includes('\0')) throw new RequestRefused('invalid-request', 'the form holds U+0000');
  return decoded;
}
