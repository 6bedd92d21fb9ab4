import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { sessionIsValid } from '../../lib/services/standing.ts';
import { epochRaised } from '../../lib/services/user-epoch.ts';
import type { UserRecord } from '../../lib/stores/records/kinds/user.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';

const now = 1_000_000;
const session = (id: string, epoch = 0) => ({ id, userId: 'u_ada', epoch });

const isValid = (id: string, user: UserRecord, epoch = 0): boolean =>
  sessionIsValid(
    session(id, epoch),
    { user: { ...user, version: 1 }, ended: undefined, minter: undefined, makers: [], owner: undefined },
    now,
  );

test('a raised epoch refuses every session of before', () => {
  const raised = epochRaised(someUser('Ada'), undefined, now);
  equal(raised.epoch, 1);
  equal(isValid('s1', raised), false);
  equal(isValid('s1', raised, 1), true);
});

test('the session that is kept is valid with its old epoch, and no other is', () => {
  const raised = epochRaised(someUser('Ada'), session('s1'), now);
  deepEqual([isValid('s1', raised), isValid('s2', raised)], [true, false]);
});

test('a session that is kept under a new id is refused under its own', () => {
  const raised = epochRaised(someUser('Ada'), { ...session('s1'), newId: 's9' }, now);
  deepEqual(raised.kept, { id: 's9', epoch: 1, was: 's1', at: now });
  deepEqual([isValid('s1', raised), isValid('s9', raised)], [false, true]);
});

test('a session can be kept through several raises, and ends with the first one that does not name it', () => {
  const once = epochRaised(someUser('Ada'), session('s1'), now);
  const twice = epochRaised(once, session('s1'), now);
  equal(isValid('s1', twice), true);
  equal(isValid('s1', epochRaised(twice, undefined, now)), false);
  equal(isValid('s1', epochRaised(twice, session('s2', 2), now)), false);
});

test('a session that an earlier raise has ended cannot be kept', () => {
  const raised = epochRaised(someUser('Ada', { epoch: 3 }), session('s1', 2), now);
  equal(raised.kept, undefined);
  equal(isValid('s1', raised, 2), false);
});
