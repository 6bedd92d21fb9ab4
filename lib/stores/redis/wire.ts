import type { Invalidation } from '../../invalidation/bus.ts';

/** What an instance tells the others. The script that publishes it adds `after`. */
export type Telling = Readonly<{
  /** Random. */
  id: string;
  /** The id of the instance. */
  from: string;
  says: readonly Invalidation[];
}>;

/** A telling as the subscription delivers it; `after` is the id of its predecessor. */
export type Received = Telling & Readonly<{ after: string }>;

const kinds = ['session', 'token', 'user', 'all'] as const;

export const written = (telling: Telling): string => JSON.stringify(telling);

/** Parses a message; returns `undefined` for any other text. */
export function read(text: string): Received | undefined {
  try {
    const { id, from, after, says } = JSON.parse(text);
    if (typeof id !== 'string' || typeof from !== 'string' || typeof after !== 'string') return undefined;
    const known = Array.isArray(says) ? says.map(invalidationOf) : [undefined];
    return known.every((one) => one !== undefined) ? { id, from, after, says: known } : undefined;
  } catch {
    return undefined;
  }
}

function invalidationOf(value: unknown): Invalidation | undefined {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('id' in value)) return undefined;
  const kind = kinds.find((one) => one === value.kind);
  if (kind === undefined || typeof value.id !== 'string') return undefined;
  const version = 'version' in value ? value.version : undefined;
  return typeof version === 'number' ? { kind, id: value.id, version } : { kind, id: value.id };
}
