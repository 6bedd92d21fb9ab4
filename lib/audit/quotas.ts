import { LRUCache } from 'lru-cache';
import { addressKey } from '../net/address-key.ts';
import type { GateEventName } from '../services.ts';
import type { RecordedEvent } from './entry.ts';

/**
 * How many records of each event are kept. Each event has its own limit, so that one that is cheap to cause displaces no
 * other.
 */
export const keptOf: Readonly<Record<GateEventName, number>> = {
  'user.changed': 200_000,
  'client.changed': 50_000,
  'token.created': 50_000,
  'token.revoked': 50_000,
  'session.ended': 50_000,
  'session.handed-over': 20_000,
  'invitation.changed': 50_000,
  'login.succeeded': 50_000,
  logout: 50_000,
  'login.failed': 50_000,
  'device.approved': 50_000,
  'device.denied': 20_000,
  'access.denied': 20_000,
  'auto-login.used': 20_000,
};

/** How fast one source may cause records of one event: `burst` at once, then `perMinute`. */
type Pace = Readonly<{ burst: number; perMinute: number }>;

/** Events that anonymous clients can cause. They are counted by address, and by the user that they are about. */
const anonymousEvents: ReadonlySet<GateEventName> = new Set(['login.failed', 'access.denied', 'auto-login.used']);
const anonymousPace: Pace = { burst: 30, perMinute: 1 };
const ownPace: Pace = { burst: 100, perMinute: 10 };

const isUser = (actor: string): boolean => actor !== '' && !actor.startsWith('unknown:');

/** People who are not signed in cause these of themselves, under new names each time: they sign themselves up. */
const ofNewUsers: ReadonlySet<GateEventName> = new Set(['user.changed', 'invitation.changed']);

/** Whose share of the log an event uses: the address's for events that anonymous clients can cause, else the actor's. */
export function shareOf({ event, actor, via, address }: RecordedEvent): string {
  const isAnonymous = anonymousEvents.has(event) || (via === 'none' && ofNewUsers.has(event));
  return isAnonymous && address !== undefined ? addressKey(address) : actor;
}

/** Changes of a user by another user or by the command. They are always kept: nobody can cause them at will. */
const changesRights = ({ event, actor, subject, via }: RecordedEvent): boolean =>
  event === 'user.changed' && (via === 'command' || subject !== `user:${actor}`);

function sourceOf(event: RecordedEvent): { key: string; pace: Pace } {
  const isAnonymous = anonymousEvents.has(event.event);
  // Failures for one user must not hide those for another: each user has a pace of its own, and unknown names share one.
  const about = isAnonymous && isUser(event.actor) ? event.actor : '';
  return { key: `${event.event}\n${shareOf(event)}\n${about}`, pace: isAnonymous ? anonymousPace : ownPace };
}

type Source = { left: number; at: number; leftOut: number };

/** Whether to keep an event, and how many of the same source were left out before it. */
export type Kept = Readonly<{ keep: boolean; leftOut: number }>;

const sourcesRemembered = 20_000;

/**
 * Limits how many records one source can cause. Events beyond its pace are only counted; the next one that is kept has their
 * number in `leftOut`.
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
