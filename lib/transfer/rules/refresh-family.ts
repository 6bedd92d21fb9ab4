import type { RefreshFamilyRecord } from '../../stores/records/kinds/refresh-family.ts';
import type { Records } from '../../stores/records/records.ts';
import { differs, type Refusal, refused } from '../outcome.ts';
import type { Rule } from '../rule.ts';
import { usersGone } from './api-token.ts';

const ownerGone = refused('the user that it belongs to is not there');
const used = refused('a token of it was used here since');

/** What becomes of a family that is there. One that was rotated since the export stays as it is: its token was used. */
export function mergedFamily(
  given: RefreshFamilyRecord,
  there: RefreshFamilyRecord,
  replace: boolean,
): RefreshFamilyRecord | Refusal {
  if (given.hash !== there.hash && given.rotatedAt <= there.rotatedAt) return used;
  return replace ? given : differs;
}

export const familyRule = (records: Records, replace: boolean): Rule<RefreshFamilyRecord> => ({
  async admit(families) {
    const gone = await usersGone(
      records,
      families.map(({ userId }) => userId),
    );
    return families.map(({ userId }) => (gone.has(userId) ? ownerGone : undefined));
  },
  merged: (given, there) => mergedFamily(given, there, replace),
});
