// Asked too often: answered 429 with Retry-After by http/errors.ts.
export class TooManyRequests extends Error {
  readonly status = 429;
  readonly statusCode = 429;
  readonly expose = true;
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('too many requests');
    this.name = 'TooManyRequests';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
