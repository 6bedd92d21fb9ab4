import type { Invalidation } from '../../invalidation/bus.ts';

/** A message on the channel, numbered by its sender. */
export type Note = Readonly<{
  /** The id of the sending instance. */
  from: string;
  /** One more than the sender's last number. */
  number: number;
  /** When it was sent, by the sender's monotonic clock: only the sender can use it. */
  sentAt: number;
  /** An invalidation, `beat` (still running) or `bye` (closing). */
  says: 'beat' | 'bye' | Invalidation;
}>;

const kinds = ['session', 'token', 'user', 'all'] as const;

export const written = (note: Note): string => JSON.stringify(note);

/** Parses a message; returns `undefined` for any other text. */
export function read(text: string): Note | undefined {
  try {
    const { from, number, sentAt, says } = JSON.parse(text);
    const known = says === 'beat' || says === 'bye' ? says : invalidationOf(says);
    if (typeof from !== 'string' || !Number.isSafeInteger(number) || typeof sentAt !== 'number') return undefined;
    return known === undefined ? undefined : { from, number, sentAt, says: known };
  } catch {
    return undefined;
  }
}

function invalidationOf(says: unknown): Invalidation | undefined {
  if (typeof says !== 'object' || says === null || !('kind' in says) || !('id' in says)) return undefined;
  const kind = kinds.find((one) => one === says.kind);
  if (kind === undefined || typeof says.id !== 'string') return undefined;
  const version = 'version' in says ? says.version : undefined;
  return typeof version === 'number' ? { kind, id: says.id, version } : { kind, id: says.id };
}
