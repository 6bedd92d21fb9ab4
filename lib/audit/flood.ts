import type { GateEventName } from '../services.ts';
import type { RecordedEvent } from './entry.ts';

/** Events that anybody may cause as often as they like. */
const cheap: ReadonlySet<GateEventName> = new Set(['login.failed', 'access.denied', 'auto-login.used']);
const windowMs = 60_000;

/** What is to be kept of an event: all of it, with how many like it were left out before, or nothing. */
export type Kept = Readonly<{ keep: boolean; leftOut: number }>;

/**
 * Keeps a flood of refused sign-ins from pushing everything else out of the log: of the events that strangers can cause, at
 * most `perMinute` of a kind are kept a minute, the rest are counted and told with the first one kept afterwards.
 */
export function floodGate(perMinute: number): (event: Pick<RecordedEvent, 'event' | 'at'>) => Kept {
  const windows = new Map<GateEventName, { from: number; seen: number }>();
  return function passFlood(event) {
    if (!cheap.has(event.event)) return { keep: true, leftOut: 0 };
    const current = windows.get(event.event);
    if (current && event.at - current.from < windowMs && event.at >= current.from) {
      current.seen += 1;
      return { keep: current.seen <= perMinute, leftOut: 0 };
    }
    windows.set(event.event, { from: event.at, seen: 1 });
    return { keep: true, leftOut: Math.max(0, (current?.seen ?? 0) - perMinute) };
  };
}
