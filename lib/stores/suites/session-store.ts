import { equal } from 'node:assert/strict';
import { describe } from 'node:test';
import type { SessionStore } from '../sessions.ts';
import { atOnce, caseOf, type Open, same, tally } from './cases.ts';
import { aSession, minute, start } from './records.ts';

/** The contract of `SessionStore`. */
export function describeSessionStore(name: string, open: Open<SessionStore>): void {
  describe(`${name} session store`, () => {
    describeFinding(open);
    describeUpdates(open);
    describeEnding(open);
    describeSweeping(open);
  });
}

const ids = (sessions: readonly { id: string }[]) => sessions.map((session) => session.id);

function describeFinding(open: Open<SessionStore>): void {
  const check = caseOf(open);
  check('gives back every field of a session', async (sessions) => {
    const full = aSession('s1', {
      kind: 'api',
      method: 'minted',
      remember: true,
      roleCeiling: 'viewer',
      address: '2001:db8::1',
      agent: 'Ünïcode/1.0',
      data: '{"cookie":{"path":"/"},"cart":["😀"]}',
    });
    equal(await sessions.create(full), true);
    same(await sessions.find('s1', start), full);
  });
  check('keeps a visitor’s session, which is nobody’s', async (sessions) => {
    await sessions.create(aSession('s1', { userId: null }));
    equal((await sessions.find('s1', start))?.userId, null);
  });
  check('creates one session of an id among 100 at once', async (sessions) => {
    const answers = await atOnce(100, (n) => sessions.create(aSession('s1', { data: String(n) })));
    same(tally(answers), { true: 1, false: 99 });
  });
  const times: [when: string, at: number, more: object, alive: boolean][] = [
    ['just before its idle end', start + 10 * minute - 1, {}, true],
    ['at its idle end', start + 10 * minute, {}, false],
    ['just before its absolute end', start + 5 * minute - 1, { expiresAt: start + 5 * minute }, true],
    ['at its absolute end', start + 5 * minute, { expiresAt: start + 5 * minute }, false],
    ['long after', start + 1000 * minute, {}, false],
  ];
  for (const [when, at, more, alive] of times) {
    check(`${alive ? 'finds' : 'does not find'} a session ${when}`, async (sessions) => {
      await sessions.create(aSession('s1', more));
      equal((await sessions.find('s1', at)) !== undefined, alive);
      equal((await sessions.listOf('u_ada', at)).length, alive ? 1 : 0);
    });
  }
  check('lists the sessions of one user, newest first', async (sessions) => {
    for (const [n, id] of ['s1', 's2', 's3'].entries()) await sessions.create(aSession(id, { createdAt: start + n }));
    await sessions.create(aSession('other', { userId: 'u_bob' }));
    await sessions.create(aSession('visitor', { userId: null }));
    same(ids(await sessions.listOf('u_ada', start)), ['s3', 's2', 's1']);
    same(ids(await sessions.listOf('u_nobody', start)), []);
  });
}

function describeUpdates(open: Open<SessionStore>): void {
  const check = caseOf(open);
  const session = aSession('s1');
  check('saves data, touches and restamps, each without touching the rest', async (sessions) => {
    await sessions.create(session);
    equal(await sessions.saveData('s1', '{"cart":[1]}'), true);
    same(await sessions.find('s1', start), { ...session, data: '{"cart":[1]}' });
    equal(await sessions.touch('s1', start + 5, start + 20 * minute), true);
    equal(await sessions.restamp('s1', 2), true);
    const after = { ...session, data: '{"cart":[1]}', lastSeenAt: start + 5, idleAt: start + 20 * minute, epoch: 2 };
    same(await sessions.find('s1', start), after);
  });
  check('is found past its first idle end once it was touched, and not past its absolute end', async (sessions) => {
    await sessions.create(session);
    await sessions.touch('s1', start + 9 * minute, start + 100 * minute);
    equal((await sessions.find('s1', start + 59 * minute))?.id, 's1');
    equal(await sessions.find('s1', start + 60 * minute), undefined);
  });
  check('takes nothing back when an earlier touch arrives late', async (sessions) => {
    await sessions.create(session);
    await sessions.touch('s1', start + 5 * minute, start + 15 * minute);
    equal(await sessions.touch('s1', start + 2 * minute, start + 12 * minute), true);
    const found = await sessions.find('s1', start + 14 * minute);
    same([found?.lastSeenAt, found?.idleAt], [start + 5 * minute, start + 15 * minute]);
  });
  check('does not wake a session by a touch after its end', async (sessions) => {
    await sessions.create(session);
    equal(await sessions.touch('s1', start + 10 * minute, start + 20 * minute), false);
    equal(await sessions.find('s1', start + 11 * minute), undefined);
  });
  const slow: [what: string, write: (sessions: SessionStore) => Promise<boolean>][] = [
    ['saving its data', (sessions) => sessions.saveData('s1', '{}')],
    ['touching it', (sessions) => sessions.touch('s1', start + 1, start + 20 * minute)],
    ['restamping it', (sessions) => sessions.restamp('s1', 2)],
  ];
  for (const [what, write] of slow) {
    check(`does not bring an ended session back by ${what}`, async (sessions) => {
      await sessions.create(session);
      await sessions.end('s1');
      equal(await write(sessions), false);
      equal(await sessions.find('s1', start), undefined);
      same(await sessions.listOf('u_ada', start), []);
    });
    check(`stays ended when ${what} races with the end`, async (sessions) => {
      await sessions.create(session);
      await atOnce(100, (n) => (n === 50 ? sessions.end('s1') : write(sessions)));
      equal(await sessions.find('s1', start), undefined);
    });
  }
}

function describeEnding(open: Open<SessionStore>): void {
  const check = caseOf(open);
  check('ends a session once', async (sessions) => {
    await sessions.create(aSession('s1'));
    same(tally(await atOnce(20, () => sessions.end('s1'))), { true: 1, false: 19 });
    equal(await sessions.end('never'), false);
  });
  check('ends all sessions of a user and nobody else’s', async (sessions) => {
    for (const id of ['s1', 's2', 's3']) await sessions.create(aSession(id));
    await sessions.create(aSession('bob', { userId: 'u_bob' }));
    await sessions.create(aSession('visitor', { userId: null }));
    same([...(await sessions.endAllOf('u_ada'))].sort(), ['s1', 's2', 's3']);
    same(await sessions.endAllOf('u_ada'), []);
    equal((await sessions.find('bob', start))?.id, 'bob');
    equal((await sessions.find('visitor', start))?.id, 'visitor');
  });
  check('ends all sessions of a user but one', async (sessions) => {
    for (const id of ['s1', 's2', 's3']) await sessions.create(aSession(id));
    same([...(await sessions.endAllOf('u_ada', 's2'))].sort(), ['s1', 's3']);
    same(ids(await sessions.listOf('u_ada', start)), ['s2']);
  });
}

function describeSweeping(open: Open<SessionStore>): void {
  const check = caseOf(open);
  check('sweeps what is over, no more at once than it is told, and nothing else', async (sessions) => {
    await atOnce(5, (n) => sessions.create(aSession(`over${n}`, { expiresAt: start + n, idleAt: start + minute })));
    await atOnce(5, (n) => sessions.create(aSession(`idle${n}`, { idleAt: start + n })));
    await sessions.create(aSession('alive'));
    const counts = [];
    for (let round = 0; round < 4; round += 1) counts.push(await sessions.sweep(start + minute, 4));
    same(counts, [4, 4, 2, 0]);
    equal((await sessions.find('alive', start + minute))?.id, 'alive');
  });
}
