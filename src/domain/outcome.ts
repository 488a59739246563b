// What an action returns (architecture.md, design decision 4). The code of a failure is the locale key of its sentence.

export type Failure = { ok: false; code: string; [detail: string]: unknown };
export type Outcome<T = unknown> = ({ ok: true } & T) | Failure;
