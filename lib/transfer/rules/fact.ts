import { secretKeyFact } from '../../crypto/key-check.ts';
import type { FactRecord } from '../../stores/records/kinds/fact.ts';
import { differs } from '../outcome.ts';
import type { Rule } from '../rule.ts';
import type { Sealing } from '../sealing.ts';

/** The check value of `SECRET_KEY` that is there stays: it may be that of a newer key. */
export const factRule = (sealing: Sealing, replace: boolean): Rule<FactRecord> => ({
  problemOf: ({ id, value }) => (id === secretKeyFact ? sealing.problemOfCheck(value) : undefined),
  merged(given, there) {
    if (given.id === secretKeyFact) return there;
    return replace ? given : differs;
  },
});
