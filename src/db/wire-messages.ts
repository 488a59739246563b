// Cuts the bytes of a PostgreSQL client into messages ("Message Formats" of the PostgreSQL manual). Used by
// db/embedded-server.ts only.

export type WireMessage = { type: 'encryption' | 'cancel' | 'startup' | (string & {}); message: Buffer };

const SPECIAL: Record<number, string> = {
  80877103: 'encryption',
  80877104: 'encryption',
  80877102: 'cancel',
};

/** One reader per connection: give it bytes as they come, it returns the messages that are whole. */
export function readMessages(): (bytes: Buffer) => WireMessage[] {
  let pending: Buffer = Buffer.alloc(0);
  let isStarted = false;
  return (bytes) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    const whole: WireMessage[] = [];
    for (;;) {
      const start = isStarted ? 1 : 0;
      if (pending.length < start + 4) return whole;
      const length = start + pending.readInt32BE(start);
      if (pending.length < Math.max(length, start + 4)) return whole;
      const message = pending.subarray(0, length);
      pending = pending.subarray(length);
      if (isStarted) whole.push({ type: String.fromCharCode(message[0]!), message });
      else {
        const type = SPECIAL[message.readInt32BE(4)] ?? 'startup';
        isStarted = type === 'startup';
        whole.push({ type, message });
      }
    }
  };
}
