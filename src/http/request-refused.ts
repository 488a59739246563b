// A request that is refused before anyone looks at what it wants. `code` names the page (error.<code>.title …).

export type RefusalCode =
  | 'misdirected'
  | 'invalid-request'
  | 'method-not-allowed'
  | 'forbidden-origin'
  | 'too-large'
  | 'not-found';

const STATUS: Record<RefusalCode, number> = {
  misdirected: 421,
  'invalid-request': 400,
  'method-not-allowed': 405,
  'forbidden-origin': 403,
  'too-large': 413,
  'not-found': 404,
};

export class RequestRefused extends Error {
  readonly code: RefusalCode;
  readonly status: number;
  readonly statusCode: number;
  readonly expose = true;

  /** @param detail for the operator's log, never shown */
  constructor(code: RefusalCode, detail: string) {
    super(detail);
    this.name = 'RequestRefused';
    this.code = code;
    this.status = STATUS[code];
    this.statusCode = STATUS[code];
  }
}
