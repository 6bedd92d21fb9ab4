import { randomBase62 } from '../crypto/random.ts';
import type { GateEventName } from '../services.ts';
import type { AuditRecord } from '../stores/audit.ts';
import type { Via } from '../types.ts';
import { plainText } from './text.ts';

/** An event of any name, as the log stores it. */
export type RecordedEvent = Omit<AuditRecord, 'id' | 'event' | 'via'> & Readonly<{ event: GateEventName; via: Via }>;

const bounds = { name: 128, agent: 256, detail: 256, details: 16 } as const;

const optional = (text: string | undefined, bound: number) => (text === undefined ? undefined : plainText(text, bound));

function plainDetail(detail: RecordedEvent['detail']): RecordedEvent['detail'] {
  if (detail === undefined) return undefined;
  const entries = Object.entries(detail).slice(0, bounds.details);
  return Object.fromEntries(
    entries.map(([key, value]) => [
      plainText(key, bounds.name),
      typeof value === 'string' ? plainText(value, bounds.detail) : value,
    ]),
  );
}

/** The event with every text cut to its bound and without hazardous characters; frozen. */
export function plainEvent(event: Omit<RecordedEvent, 'at'>, at: number): RecordedEvent {
  return Object.freeze({
    event: event.event,
    at,
    actor: plainText(event.actor, bounds.name),
    via: event.via,
    address: optional(event.address, bounds.name),
    agent: optional(event.agent, bounds.agent),
    subject: optional(event.subject, bounds.name),
    outcome: plainText(event.outcome, bounds.name),
    detail: plainDetail(event.detail),
  });
}

const digits = 9;

/** The latest time that an id has room for. */
const latestTime = 36 ** digits - 1;

/** The text that ids begin with that were made at this time: less than these, and greater than all that were made before. */
export const idAt = (at: number): string =>
  Math.min(latestTime, Math.max(0, Math.trunc(at)))
    .toString(36)
    .padStart(digits, '0');

/**
 * Creates a generator of ids that sort in the order of their creation, also within a millisecond and when the clock is
 * set back.
 */
export function recordIds(): (at: number) => string {
  let latest = 0;
  let sequence = 0;
  return function nextId(at) {
    sequence = at > latest ? 0 : sequence + 1;
    latest = Math.max(at, latest);
    return `${idAt(latest)}${sequence.toString(36).padStart(5, '0')}${randomBase62(8)}`;
  };
}

export function recordOf(event: RecordedEvent, id: string): AuditRecord {
  return { id, ...event };
}
