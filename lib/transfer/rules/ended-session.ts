import type { EndedSessionRecord } from '../../stores/records/kinds/ended-session.ts';
import { differs, type Refusal } from '../outcome.ts';
import type { Rule } from '../rule.ts';

/** What becomes of a note that is there: it is kept for the longer time. */
export function mergedNote(
  given: EndedSessionRecord,
  there: EndedSessionRecord,
  replace: boolean,
): EndedSessionRecord | Refusal {
  return replace ? { ...given, until: Math.max(given.until, there.until) } : differs;
}

export const noteRule = (replace: boolean): Rule<EndedSessionRecord> => ({
  merged: (given, there) => mergedNote(given, there, replace),
});
