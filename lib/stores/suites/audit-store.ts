import { equal } from 'node:assert/strict';
import { describe } from 'node:test';
import type { AuditStore } from '../records/audit.ts';
import { allPages, caseOf, type Open, same } from './cases.ts';
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
    anEvent(n, { event: n % 2 ? 'logout' : 'login.failed', actor: n % 3 ? 'ada' : 'bob' }),
  );
  const queries: [what: string, query: { event?: string; actor?: string }, found: number[][]][] = [
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
    check(`keeps the newest ${keep} of 5`, async (audit) => {
      await audit.append(Array.from({ length: 5 }, (_, n) => anEvent(n)));
      equal(await audit.trim(keep), gone);
      same(numbers((await audit.list({ limit: 10 })).items), left);
    });
  }
  check('keeps the newest of some thousands', async (audit) => {
    await audit.append(Array.from({ length: 4500 }, (_, n) => anEvent(n)));
    equal(await audit.trim(100), 4400);
    const left = numbers((await audit.list({ limit: 1000 })).items);
    same([left.length, left.at(0), left.at(-1)], [100, 4499, 4400]);
  });
}
