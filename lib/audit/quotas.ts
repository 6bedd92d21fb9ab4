import { LRUCache } from 'lru-cache';
import { addressKey } from '../net/address-key.ts';
import type { GateEventName } from '../services.ts';
import type { RecordedEvent } from './entry.ts';

/** How many records of each event are kept, so that none is displaced by another event, however cheap that is to cause. */
export const keptOf: Readonly<Record<GateEventName, number>> = {
  'user.changed': 200_000,
  'token.created': 50_000,
  'token.revoked': 50_000,
  'session.ended': 50_000,
  'login.succeeded': 50_000,
  logout: 50_000,
  'login.failed': 50_000,
  'access.denied': 20_000,
  'auto-login.used': 20_000,
};

/** How fast one source may cause records of one event: `burst` at once, then `perMinute`. */
type Pace = Readonly<{ burst: number; perMinute: number }>;

/** Events that strangers can cause are counted by address, and by the user that they are about. */
const strangers: ReadonlySet<GateEventName> = new Set(['login.failed', 'access.denied', 'auto-login.used']);
const strangersPace: Pace = { burst: 30, perMinute: 1 };
const ownPace: Pace = { burst: 100, perMinute: 10 };

const isUser = (actor: string): boolean => actor !== '' && !actor.startsWith('unknown:');

/** Whose share of the log an event uses up: of what strangers can cause, the address’s; of all else, the actor’s. */
export function shareOf({ event, actor, address }: RecordedEvent): string {
  return strangers.has(event) && address !== undefined ? addressKey(address) : actor;
}

/** What somebody else did to a user, or a new user: nobody causes it as often as they like, and it is always kept. */
const changesRights = ({ event, actor, subject, via }: RecordedEvent): boolean =>
  event === 'user.changed' && (via === 'command' || subject !== `user:${actor}`);

function sourceOf(event: RecordedEvent): { key: string; pace: Pace } {
  const isStrangers = strangers.has(event.event);
  // Failures about one user must not hide those about another: each has a pace of its own, and invented names share one.
  const about = isStrangers && isUser(event.actor) ? event.actor : '';
  return { key: `${event.event}\n${shareOf(event)}\n${about}`, pace: isStrangers ? strangersPace : ownPace };
}

type Source = { left: number; at: number; leftOut: number };

/** What is to be kept of an event: all of it, with how many like it were left out before, or nothing. */
export type Kept = Readonly<{ keep: boolean; leftOut: number }>;

const sourcesRemembered = 20_000;

/**
 * Keeps what one source can cause from filling the log: beyond its pace events are counted, and told of with the next one of
 * that source that is kept.
 */
export function quotas(): (event: RecordedEvent) => Kept {
  const sources = new LRUCache<string, Source>({ max: sourcesRemembered });

  function refill(source: Source, { burst, perMinute }: Pace, now: number): void {
    const minutes = Math.max(0, now - source.at) / 60_000;
    source.left = Math.min(burst, source.left + minutes * perMinute);
    source.at = now;
  }

  return function withinQuota(event) {
    if (changesRights(event)) return { keep: true, leftOut: 0 };
    const { key, pace } = sourceOf(event);
    const source = sources.get(key) ?? { left: pace.burst, at: event.at, leftOut: 0 };
    sources.set(key, source);
    refill(source, pace, event.at);
    if (source.left < 1) {
      source.leftOut += 1;
      return { keep: false, leftOut: 0 };
    }
    source.left -= 1;
    const { leftOut } = source;
    source.leftOut = 0;
    return { keep: true, leftOut };
  };
}
