import { equal } from 'node:assert/strict';
import { describe } from 'node:test';
import type { AuditFilter, AuditStore } from '../audit.ts';
import { allPages, caseOf, type Open, same, tally } from './cases.ts';
import { anEvent, start } from './records.ts';

/** The contract of `AuditStore`. */
export function describeAuditStore(name: string, open: Open<AuditStore>): void {
  const check = caseOf(open);
  describe(`${name} audit store`, () => {
    check('gives back every field of a record', async (audit) => {
      const full = anEvent(1, {
        address: '192.0.2.1',
        agent: 'curl/8 \u001b[31m',
        subject: 'user:ada',
        outcome: 'invalid_credentials',
        detail: { role: 'viewer', count: 3, first: true },
      });
      await audit.append([full]);
      same(await audit.list({ limit: 10 }), { items: [full] });
    });
    check('adds a batch tried again once, and an empty one not at all', async (audit) => {
      await audit.append([anEvent(1), anEvent(2)]);
      await audit.append([anEvent(1, { actor: 'eve' }), anEvent(2), anEvent(3)]);
      await audit.append([]);
      same((await audit.list({ limit: 10 })).items, [anEvent(3), anEvent(2), anEvent(1)]);
    });
    describeLists(open);
    describeTrimming(open);
  });
}

const numbers = (records: readonly { at: number }[]) => records.map((record) => record.at - start);

function describeLists(open: Open<AuditStore>): void {
  const check = caseOf(open);
  const ten = Array.from({ length: 10 }, (_, n) =>
    anEvent(n, {
      event: n % 2 ? 'logout' : 'login.failed',
      actor: n % 3 ? 'ada' : 'bob',
      outcome: n % 4 ? 'ok' : 'rate_limited',
      ...(n % 5 === 0 && { subject: 'user:ada' }),
    }),
  );
  const queries: [what: string, query: AuditFilter, found: number[][]][] = [
    ['everything', {}, [[9, 8, 7], [6, 5, 4], [3, 2, 1], [0]]],
    [
      'one event',
      { event: 'logout' },
      [
        [9, 7, 5],
        [3, 1],
      ],
    ],
    ['one actor', { actor: 'bob' }, [[9, 6, 3], [0]]],
    ['one event of one actor', { event: 'logout', actor: 'ada' }, [[7, 5, 1]]],
    ['one outcome', { outcome: 'rate_limited' }, [[8, 4, 0]]],
    ['what went well', { outcome: 'ok' }, [[9, 7, 6], [5, 3, 2], [1]]],
    ['one subject', { subject: 'user:ada' }, [[5, 0]]],
    ['one subject of one actor with one outcome', { subject: 'user:ada', actor: 'ada', outcome: 'ok' }, [[5]]],
    ['one event with one outcome', { event: 'login.failed', outcome: 'rate_limited' }, [[8, 4, 0]]],
    ['what is not too old', { since: anEvent(7).id }, [[9, 8, 7]]],
    ['a range', { since: anEvent(3).id, after: anEvent(6).id }, [[5, 4, 3]]],
    ['one actor in a range', { actor: 'bob', since: anEvent(3).id, after: anEvent(9).id }, [[6, 3]]],
    ['nothing between two times that are the same', { since: anEvent(3).id, after: anEvent(3).id }, [[]]],
    ['an event that never was', { event: 'log%' }, [[]]],
  ];
  for (const [what, query, found] of queries) {
    check(`lists ${what}, newest first, page by page`, async (audit) => {
      await audit.append(ten);
      const pages = await allPages((after) =>
        audit.list({ limit: 3, ...query, ...(after === undefined ? {} : { after }) }),
      );
      same(pages.map(numbers), found);
    });
  }
  check('reads on where it was when records are added between two pages', async (audit) => {
    await audit.append(ten.slice(0, 6));
    const first = await audit.list({ limit: 3 });
    await audit.append(ten.slice(6));
    const second = await audit.list({ limit: 3, ...(first.next === undefined ? {} : { after: first.next }) });
    same(numbers(second.items), [2, 1, 0]);
  });
}

function describeTrimming(open: Open<AuditStore>): void {
  const check = caseOf(open);
  const sizes: [keep: number, gone: number, left: number[]][] = [
    [2, 3, [4, 3]],
    [5, 0, [4, 3, 2, 1, 0]],
    [9, 0, [4, 3, 2, 1, 0]],
    [0, 5, []],
  ];
  for (const [keep, gone, left] of sizes) {
    check(`keeps the newest ${keep} of 5 of an event, and all of another`, async (audit) => {
      await audit.append(Array.from({ length: 5 }, (_, n) => anEvent(n, { event: 'logout' })));
      await audit.append([anEvent(8), anEvent(9)]);
      equal(await audit.trim('logout', keep), gone);
      same(numbers((await audit.list({ limit: 10, event: 'logout' })).items), left);
      equal((await audit.list({ limit: 10 })).items.length, 2 + left.length);
    });
  }
  check('keeps the newest of some thousands', async (audit) => {
    await audit.append(Array.from({ length: 4500 }, (_, n) => anEvent(n)));
    equal(await audit.trim('login.succeeded', 100), 4400);
    const left = numbers((await audit.list({ limit: 1000 })).items);
    same([left.length, left.at(0), left.at(-1)], [100, 4499, 4400]);
  });
  describeShares(open);
  describeSweeping(open);
}

function describeShares(open: Open<AuditStore>): void {
  const check = caseOf(open);
  const of = (share: string | undefined, from: number, count: number) =>
    Array.from({ length: count }, (_, n) => anEvent(from + n, { share }));
  const sharesIn = async (audit: AuditStore) =>
    tally((await audit.list({ limit: 1000 })).items.map(({ share }) => share));

  check('gives back whose share a record uses up', async (audit) => {
    await audit.append([...of('192.0.2.1', 0, 1), ...of(undefined, 1, 1)]);
    same(
      (await audit.list({ limit: 10 })).items.map(({ share }) => share ?? 'nobody'),
      ['nobody', '192.0.2.1'],
    );
  });
  check('removes from the largest share, however new it is', async (audit) => {
    await audit.append([...of('a', 0, 3), ...of('b', 10, 5), ...of('flood', 100, 900)]);
    equal(await audit.trim('login.succeeded', 100), 808);
    same(await sharesIn(audit), { a: 3, b: 5, flood: 92 });
    equal((await audit.list({ limit: 1 })).items[0]?.at, start + 999);
  });
  check('removes from one large share after the other, down to a tenth', async (audit) => {
    await audit.append([...of('old', 0, 8), ...of('one', 100, 60), ...of('two', 200, 50), ...of(undefined, 300, 40)]);
    equal(await audit.trim('login.succeeded', 40), 118);
    same(await sharesIn(audit), { old: 8, one: 4, two: 4, undefined: 24 });
  });
  check('removes the oldest where no share is large', async (audit) => {
    await audit.append(Array.from({ length: 60 }, (_, n) => anEvent(n, { share: `s${n % 30}` })));
    equal(await audit.trim('login.succeeded', 40), 20);
    same(numbers((await audit.list({ limit: 100 })).items).at(-1), 20);
  });
}

function describeSweeping(open: Open<AuditStore>): void {
  const check = caseOf(open);
  check('sweeps what is too old, a few at a time, whatever its event', async (audit) => {
    await audit.append(Array.from({ length: 10 }, (_, n) => anEvent(n, { event: n % 2 ? 'logout' : 'user.changed' })));
    same(
      [await audit.sweep(start + 6, 4), await audit.sweep(start + 6, 4), await audit.sweep(start + 6, 4)],
      [4, 2, 0],
    );
    same(numbers((await audit.list({ limit: 10 })).items), [9, 8, 7, 6]);
  });
}
