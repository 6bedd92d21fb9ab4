import { equal } from 'node:assert/strict';
import { describe } from 'node:test';
import type { SessionStore } from '../sessions.ts';
import { allPages, atOnce, caseOf, type Open, same, tally } from './cases.ts';
import { aSession, minute, start } from './records.ts';

/** The contract of `SessionStore`. */
export function describeSessionStore(name: string, open: Open<SessionStore>): void {
  describe(`${name} session store`, () => {
    describeFinding(open);
    describeUpdates(open);
    describeEnding(open);
    describePages(open);
    describeEveryone(open);
    describeLimit(open);
    describeSweeping(open);
  });
}

/** The ids of a user's sessions, newest first. */
const listed = async (sessions: SessionStore, userId = 'u_ada', now = start) =>
  (await sessions.listOf(userId, now, { limit: 1000 })).items.map(({ id }) => id);

function describeFinding(open: Open<SessionStore>): void {
  const check = caseOf(open);
  check('gives back every field of a session', async (sessions) => {
    const full = aSession('s1', {
      kind: 'api',
      method: 'minted',
      remember: true,
      roleCeiling: 'viewer',
      minter: { id: 'u_bob', rights: 3 },
      makers: ['t_first', 't_second'],
      address: '2001:db8::1',
      agent: 'Ünïcode/1.0',
      data: '{"cookie":{"path":"/"},"cart":["😀"]}',
    });
    same(await sessions.create(full), { created: true, ended: [] });
    same(await sessions.find('s1', start), full);
  });
  check('keeps a visitor’s session, which is nobody’s', async (sessions) => {
    await sessions.create(aSession('s1', { userId: null }));
    equal((await sessions.find('s1', start))?.userId, null);
  });
  check('creates one session of an id among 100 at once', async (sessions) => {
    const answers = await atOnce(100, (n) => sessions.create(aSession('s1', { data: String(n) })));
    same(tally(answers.map(({ created }) => created)), { true: 1, false: 99 });
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
      equal((await listed(sessions, 'u_ada', at)).length, alive ? 1 : 0);
    });
  }
  check('lists the sessions of one user, newest first', async (sessions) => {
    for (const [n, id] of ['s1', 's2', 's3'].entries()) await sessions.create(aSession(id, { createdAt: start + n }));
    await sessions.create(aSession('other', { userId: 'u_bob' }));
    await sessions.create(aSession('visitor', { userId: null }));
    same(await listed(sessions), ['s3', 's2', 's1']);
    same(await listed(sessions, 'u_nobody'), []);
  });
}

function describeUpdates(open: Open<SessionStore>): void {
  const check = caseOf(open);
  const session = aSession('s1');
  check('saves data and touches, each without changing the rest', async (sessions) => {
    await sessions.create(session);
    equal(await sessions.saveData('s1', '{"cart":[1]}'), true);
    same(await sessions.find('s1', start), { ...session, data: '{"cart":[1]}' });
    equal(await sessions.touch('s1', start + 5, start + 20 * minute), true);
    const after = { ...session, data: '{"cart":[1]}', lastSeenAt: start + 5, idleAt: start + 20 * minute };
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
  ];
  for (const [what, write] of slow) {
    check(`does not bring an ended session back by ${what}`, async (sessions) => {
      await sessions.create(session);
      await sessions.end('s1');
      equal(await write(sessions), false);
      equal(await sessions.find('s1', start), undefined);
      same(await listed(sessions), []);
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
    same([...(await sessions.endAllOf('u_ada', { keep: ['s2'] }))].sort(), ['s1', 's3']);
    same(await listed(sessions), ['s2']);
  });
}

function describePages(open: Open<SessionStore>): void {
  const check = caseOf(open);
  check('lists in pages, each session once, whatever comes and goes meanwhile', async (sessions) => {
    await atOnce(25, (n) => sessions.create(aSession(`s${n}`, { createdAt: start + Math.floor(n / 4) })));
    const seen: string[][] = [];
    let after: string | undefined;
    do {
      const page = await sessions.listOf('u_ada', start, { limit: 10, after });
      seen.push(page.items.map(({ id }) => id));
      after = page.next;
      await sessions.end(page.items.at(-1)?.id ?? '');
      await sessions.create(aSession(`new${seen.length}`, { createdAt: start + minute }));
    } while (after !== undefined);
    same(
      seen.map((page) => page.length),
      [10, 10, 5],
    );
    equal(new Set(seen.flat()).size, 25);
  });
  check('gives no cursor when the last page is full, and an empty page for what is no cursor', async (sessions) => {
    await atOnce(4, (n) => sessions.create(aSession(`s${n}`)));
    const [first, last] = (await allPages((after) => sessions.listOf('u_ada', start, { limit: 2, after }))) ?? [];
    same([first?.length, last?.length], [2, 2]);
    for (const after of ['', 'x', '.', '12', '-1.s1', '1e3.s1']) {
      same(await sessions.listOf('u_ada', start, { limit: 2, after }), { items: [] });
    }
  });
  check('counts the live sessions of a user', async (sessions) => {
    await atOnce(5, (n) => sessions.create(aSession(`s${n}`)));
    await sessions.create(aSession('over', { expiresAt: start + 1 }));
    await sessions.create(aSession('bob', { userId: 'u_bob' }));
    same([await sessions.countOf('u_ada', start), await sessions.countOf('u_ada', start + 1)], [6, 5]);
    await sessions.end('s3');
    same([await sessions.countOf('u_ada', start + 1), await sessions.countOf('u_nobody', start)], [4, 0]);
  });
}

function describeEveryone(open: Open<SessionStore>): void {
  const check = caseOf(open);
  const ids = async (sessions: SessionStore, now = start) =>
    (await allPages((after) => sessions.list(now, { limit: 3, after }))).map((page) => page.map(({ id }) => id));

  check(
    'lists the live sessions of all users, newest first and in pages, without those of visitors',
    async (sessions) => {
      for (const n of [1, 2, 3, 4, 5]) {
        await sessions.create(aSession(`s${n}`, { userId: n % 2 ? 'u_ada' : 'u_bob', createdAt: start + (n % 4) }));
      }
      await sessions.create(aSession('visitor', { userId: null, createdAt: start + 9 }));
      await sessions.create(aSession('over', { createdAt: start + 9, expiresAt: start + 1 }));
      same(await ids(sessions, start + 1), [
        ['s3', 's2', 's5'],
        ['s1', 's4'],
      ]);
      same(
        (await sessions.list(start, { limit: 9 })).items[0],
        aSession('over', { createdAt: start + 9, expiresAt: start + 1 }),
      );
    },
  );
  check('lists each session of all users once, whatever comes and goes meanwhile', async (sessions) => {
    await atOnce(25, (n) => sessions.create(aSession(`s${n}`, { userId: `u_${n % 3}`, createdAt: start + (n >> 2) })));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await sessions.list(start, { limit: 10, after });
      seen.push(...page.items.map(({ id }) => id));
      after = page.next;
      await sessions.end(page.items.at(-1)?.id ?? '');
      await sessions.create(aSession(`new${seen.length}`, { createdAt: start + minute }));
    } while (after !== undefined);
    same([seen.length, new Set(seen).size], [25, 25]);
    for (const no of ['', 'x', '.', '12', '-1.s1', '1e3.s1'])
      same(await sessions.list(start, { limit: 2, after: no }), { items: [] });
  });
  check(
    'leaves out of the list and the count of all users what was ended, one by one or together',
    async (sessions) => {
      await atOnce(6, (n) => sessions.create(aSession(`s${n}`)));
      await atOnce(3, (n) => sessions.create(aSession(`bob${n}`, { userId: 'u_bob' })));
      await sessions.end('bob1');
      same([await sessions.count(start), (await ids(sessions)).flat().length], [8, 8]);
      await sessions.endAllOf('u_ada', { keep: ['s4'] });
      same([await sessions.count(start), (await ids(sessions)).flat()], [3, ['s4', 'bob2', 'bob0']]);
    },
  );
  check(
    'counts the sessions that are over neither at once nor after a sweep, and counts what was used again',
    async (sessions) => {
      for (const n of [0, 1, 2]) await sessions.create(aSession(`idle${n}`, { idleAt: start + 1 }));
      for (const n of [0, 1]) await sessions.create(aSession(`over${n}`, { expiresAt: start + 2 }));
      for (const n of [0, 1]) await sessions.create(aSession(`visitor${n}`, { userId: null, idleAt: start + n }));
      await sessions.create(aSession('alive'));
      await sessions.touch('idle1', start, start + minute);
      same([await sessions.count(start), await sessions.count(start + 1), await sessions.count(start + 2)], [6, 4, 2]);
      await sessions.sweep(start + 2, 100);
      same([await sessions.count(start + 2), (await ids(sessions, start + 2)).flat()], [2, ['idle1', 'alive']]);
    },
  );
}

function describeLimit(open: Open<SessionStore>): void {
  const check = caseOf(open);
  const used = (id: string, lastSeenAt: number) => aSession(id, { lastSeenAt, idleAt: lastSeenAt + 10 * minute });
  const fill = async (sessions: SessionStore) => {
    for (const n of [1, 2, 3]) await sessions.create(used(`s${n}`, start + n), 3);
  };
  check('ends the least recently used session beyond the limit', async (sessions) => {
    await fill(sessions);
    await sessions.touch('s1', start + 4, start + 10 * minute);
    const { created, ended } = await sessions.create(used('s4', start + 5), 3);
    same([created, ended], [true, [{ id: 's2', expiresAt: start + 60 * minute }]]);
    equal(await sessions.find('s2', start), undefined);
    same((await listed(sessions)).sort(), ['s1', 's3', 's4']);
  });
  check('ends none for a session that was not created, and none of another user or of nobody', async (sessions) => {
    await fill(sessions);
    for (const userId of ['u_bob', null]) await sessions.create(aSession(`of-${userId}`, { userId, lastSeenAt: 1 }), 3);
    same(await sessions.create(used('s3', start + 5), 1), { created: false, ended: [] });
    await sessions.create(aSession('visitor', { userId: null }), 1);
    await sessions.create(aSession('bobs', { userId: 'u_bob' }), 3);
    same((await listed(sessions)).length, 3);
    equal((await listed(sessions, 'u_bob')).length, 2);
  });
  check('does not count sessions that are over', async (sessions) => {
    await sessions.create(aSession('over', { lastSeenAt: start + 9, expiresAt: start + 10 }), 3);
    for (const n of [1, 2]) await sessions.create(used(`s${n}`, start + n), 3);
    same((await sessions.create(used('s3', start + 11), 3)).ended, []);
    equal((await listed(sessions, 'u_ada', start + 11)).length, 3);
  });
  check('never ends the session that was just created, and never more than the excess', async (sessions) => {
    await atOnce(20, (n) => sessions.create(used(`s${n}`, start + n)));
    const { ended } = await sessions.create(used('late', start - minute), 5);
    equal((await sessions.find('late', start - minute))?.id, 'late');
    const left = await listed(sessions);
    equal(left.length + ended.length, 21);
    equal(left.includes('s19') && !left.includes('s0'), true);
  });
  check('keeps to the limit when many are created at once', async (sessions) => {
    const made = await atOnce(30, (n) => sessions.create(used(`s${n}`, start + n), 5));
    const ended = made.flatMap((one) => one.ended.map(({ id }) => id));
    equal(new Set(ended).size, ended.length);
    const { ended: last } = await sessions.create(used('last', start + 100), 5);
    equal((await listed(sessions)).length, 5);
    equal(ended.length + last.length, 26);
  });
  check('ends those of older epochs only, where an epoch is named', async (sessions) => {
    for (const [n, id] of ['s0', 's1', 's2', 's3'].entries()) await sessions.create(aSession(id, { epoch: n }));
    same([...(await sessions.endAllOf('u_ada', { from: 3, keep: ['s0', 'other'] }))].sort(), ['s1', 's2']);
    same((await listed(sessions)).sort(), ['s0', 's3']);
  });
  check('ends thousands, in some order, and each of them once', async (sessions) => {
    for (let from = 0; from < 2_500; from += 100) await atOnce(100, (n) => sessions.create(aSession(`s${from + n}`)));
    const ended = await sessions.endAllOf('u_ada', { keep: ['s7', 's2499'] });
    same([ended.length, new Set(ended).size], [2_498, 2_498]);
    same((await listed(sessions)).sort(), ['s2499', 's7']);
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
