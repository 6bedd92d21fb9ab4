import type { Invalidation } from '../../invalidation/bus.ts';

/** What goes over the channel: everybody's messages, numbered by who sends them. */
export type Note = Readonly<{
  /** The instance that sends it. */
  from: string;
  /** One more than that instance's last. */
  number: number;
  /** When it was sent, by the sender's own monotonic clock: means nothing to others. */
  sentAt: number;
  /** `beat`: nothing but "I am here"; `bye`: nothing will follow. */
  says: 'beat' | 'bye' | Invalidation;
}>;

const kinds = ['session', 'token', 'user', 'all'] as const;

export const written = (note: Note): string => JSON.stringify(note);

/** Undefined for what none of us has written. */
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
  return kind === undefined || typeof says.id !== 'string' ? undefined : { kind, id: says.id };
}
