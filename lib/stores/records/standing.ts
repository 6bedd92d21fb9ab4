import type { EndedSession, UserRecord } from './users.ts';

/** How many ended sessions a user's record keeps at most. */
export const mostEndedSessions = 1000;

/** Returns the notes to keep: those in `kept` and `more` that are needed after `now`, each session once. */
export function endedWith(
  kept: UserRecord['ended'],
  more: readonly EndedSession[],
  now: number,
): readonly EndedSession[] | 'too-many' {
  const byId = new Map([...(kept ?? []), ...more].map((one) => [one.id, one]));
  const ended = [...byId.values()].filter(({ until }) => until > now);
  return ended.length > mostEndedSessions ? 'too-many' : ended;
}
