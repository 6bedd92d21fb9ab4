import { equal } from 'node:assert/strict';
import type { EndedSession, UserStore } from '../records/users.ts';
import { atOnce, caseOf, type Open, same } from './cases.ts';
import { aUser, minute, start } from './records.ts';

const ended = (n: number, until = start + minute): EndedSession => ({ id: `s${n}`, until });
const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => ended(from + n));

/** The ids in a user's record, sorted, since their order is not defined. */
async function idsOf(users: UserStore, id: string): Promise<string[]> {
  return ((await users.byId(id))?.ended ?? []).map((one) => one.id).sort();
}

/** The notes of ended sessions in a user's record. */
export function describeEndedSessions(open: Open<UserStore>): void {
  const check = caseOf(open);
  check('notes ended sessions on the record of their user, and changes nothing else', async (users) => {
    await users.insert(aUser('ada'));
    await users.insert(aUser('bob'));
    await users.noteEnded('u_ada', [ended(1), ended(2, start + 2 * minute)], start);
    same(await users.byId('u_ada'), aUser('ada', { ended: [ended(1), ended(2, start + 2 * minute)] }));
    same(await users.byName('ada'), await users.byId('u_ada'));
    same(await users.byId('u_bob'), aUser('bob'));
  });
  check('gives back what a new user brings', async (users) => {
    await users.insert(aUser('ada', { ended: [ended(1)] }));
    same(await users.byId('u_ada'), aUser('ada', { ended: [ended(1)] }));
    await users.insert(aUser('bob', { ended: [] }));
    same(await users.byId('u_bob'), aUser('bob'));
  });
  check('notes a session once, however often it ends', async (users) => {
    await users.insert(aUser('ada'));
    for (let n = 0; n < 3; n += 1) await users.noteEnded('u_ada', [ended(1)], start);
    same(await idsOf(users, 'u_ada'), ['s1']);
  });
  check('forgets those that are over', async (users) => {
    await users.insert(aUser('ada'));
    await users.noteEnded('u_ada', [ended(1, start + 1), ended(2, start + 2), ended(3, start)], start);
    same(await idsOf(users, 'u_ada'), ['s1', 's2']);
    await users.noteEnded('u_ada', [ended(4)], start + 1);
    same(await idsOf(users, 'u_ada'), ['s2', 's4']);
    await users.noteEnded('u_ada', [], start + minute);
    same(await users.byId('u_ada'), aUser('ada'));
  });
  check('loses none of 50 at once', async (users) => {
    await users.insert(aUser('ada'));
    await atOnce(50, (n) => users.noteEnded('u_ada', [ended(n)], start));
    equal((await idsOf(users, 'u_ada')).length, 50);
    equal((await users.byId('u_ada'))?.epoch, 1);
  });
  check('keeps them when the user changes', async (users) => {
    await users.insert(aUser('ada'));
    await users.noteEnded('u_ada', [ended(1)], start);
    await users.update('u_ada', { role: 'viewer', displayName: 'Ada' }, start);
    await users.signedIn('u_ada', start);
    same(await idsOf(users, 'u_ada'), ['s1']);
  });
  check('keeps 1,000, and raises the epoch where it would be more', async (users) => {
    await users.insert(aUser('ada'));
    await users.noteEnded('u_ada', many(999), start);
    await users.noteEnded('u_ada', [ended(999)], start);
    equal((await idsOf(users, 'u_ada')).length, 1000);
    equal((await users.byId('u_ada'))?.epoch, 1);
    await users.noteEnded('u_ada', [ended(1000)], start);
    same(await users.byId('u_ada'), aUser('ada', { epoch: 2 }));
  });
  check('raises the epoch for more than 1,000 at once', async (users) => {
    await users.insert(aUser('ada'));
    await users.noteEnded('u_ada', many(1001), start);
    same(await users.byId('u_ada'), aUser('ada', { epoch: 2 }));
  });
  check('makes room by those that are over before it raises the epoch', async (users) => {
    await users.insert(aUser('ada'));
    await users.noteEnded('u_ada', many(1000), start);
    await users.noteEnded('u_ada', [ended(1000, start + 2 * minute)], start + minute);
    same(await idsOf(users, 'u_ada'), ['s1000']);
    equal((await users.byId('u_ada'))?.epoch, 1);
  });
  check('notes nothing for a user who is not there', async (users) => {
    await users.noteEnded('u_nobody', [ended(1)], start);
    equal(await users.byId('u_nobody'), undefined);
  });
}
