import type { RefreshFamilyRecord } from '../stores/records/kinds/refresh-family.ts';
import type { Decide } from '../stores/records/records.ts';

/** For this long, in milliseconds, the token before the valid one counts as a retry after a lost answer, not as theft. */
export const retryFor = 10_000;

/** The most rotations of a family within a minute. */
export const mostRotations = 60;
const minute = 60_000;

/** What became of a refresh token that was presented. */
export type Rotation =
  | Readonly<{ kind: 'rotated' }>
  /** The token before the valid one, a moment after it was replaced. */
  | Readonly<{ kind: 'retry' }>
  /** A token of the family that is neither: it was spent, or somebody knows the handle. */
  | Readonly<{ kind: 'reused' }>
  /** `retryAfter` is in milliseconds. */
  | Readonly<{ kind: 'too-often'; retryAfter: number }>
  /** There is no such family, or it has expired. */
  | Readonly<{ kind: 'gone' }>;

/** The token that replaces the presented one. `end` is when its session ends; `lifetime` is in milliseconds. */
export type NextToken = Readonly<{ hash: string; lifetime: number; end: number }>;

type Pace = RefreshFamilyRecord['pace'];

/** The pace after one more rotation. A clock that was set back begins a new minute. */
function paced({ since, count }: Pace, now: number): Pace {
  const sameMinute = now >= since && now - since < minute;
  return sameMinute ? { since, count: count + 1 } : { since: now, count: 1 };
}

function rotated(family: RefreshFamilyRecord, next: NextToken, now: number): RefreshFamilyRecord {
  const { hash: previous } = family;
  const expiresAt = Math.min(now + next.lifetime, next.end);
  return { ...family, hash: next.hash, previous, rotatedAt: now, pace: paced(family.pace, now), expiresAt };
}

/** The valid token is one here too: it became valid while it was presented. */
function isRetry({ hash, previous, rotatedAt }: RefreshFamilyRecord, presented: string, now: number): boolean {
  return hash === presented || (previous === presented && now - rotatedAt <= retryFor);
}

/**
 * Decides on the token of a family whose SHA-256 is `presented`. Without `next` the caller does not hold it for the valid
 * one. A store's clock that was set back makes a retry of what may be one.
 */
export function rotation(presented: string, next: NextToken | undefined): Decide<RefreshFamilyRecord, Rotation> {
  return function decide(family, now) {
    if (family === undefined || family.expiresAt <= now) return { kind: 'keep', answer: { kind: 'gone' } };
    if (family.hash !== presented || next === undefined) {
      return { kind: 'keep', answer: { kind: isRetry(family, presented, now) ? 'retry' : 'reused' } };
    }
    const record = rotated(family, next, now);
    if (record.pace.count > mostRotations) {
      return { kind: 'keep', answer: { kind: 'too-often', retryAfter: record.pace.since + minute - now } };
    }
    return { kind: 'put', record, answer: { kind: 'rotated' } };
  };
}
