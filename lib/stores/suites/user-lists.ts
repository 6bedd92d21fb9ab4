import { equal } from 'node:assert/strict';
import type { UserStore } from '../records/users.ts';
import { allPages, atOnce, caseOf, type Open, same } from './cases.ts';
import { aUser, start } from './records.ts';

const names = ['a%b', 'a_b', 'ab', 'abc', 'a.c', 'axb', 'ä', 'äb', 'ab😀', 'ab\u{ffff}', 'z', 'zz'];

/** By code point, which is how UTF-8 sorts. */
const sorted = (of: readonly string[]) => [...of].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

const prefixes = ['a', 'a%', 'a_', 'ab', 'a.', 'ä', 'ab😀', 'z', '%', '_', '', 'nobody', '.*', '\\', 'a\\'];

/** Lists of users: order, pages, prefixes. */
export function describeUserLists(open: Open<UserStore>): void {
  const check = caseOf(open);
  for (const prefix of prefixes) {
    check(`lists exactly the names that begin with "${prefix}"`, async (users) => {
      for (const name of names) await users.insert(aUser(name));
      const page = await users.list({ limit: 100, prefix });
      same(
        page.items.map((user) => user.nameKey),
        sorted(names.filter((name) => name.startsWith(prefix))),
      );
      equal(page.next, undefined);
    });
  }
  const sizes: [count: number, limit: number, pages: number[]][] = [
    [0, 3, [0]],
    [3, 3, [3]],
    [7, 3, [3, 3, 1]],
    [3, 1, [1, 1, 1]],
  ];
  for (const [count, limit, pages] of sizes) {
    check(`gives ${count} users in pages of ${limit}`, async (users) => {
      await atOnce(count, (n) => users.insert(aUser(`user${n}`)));
      await users.insert(aUser('another'));
      const found = await allPages((after) => users.list(query(limit, after)));
      same(
        found.map((page) => page.length),
        pages,
      );
      same(
        found.flat().map((user) => user.nameKey),
        sorted(found.flat().map((user) => user.nameKey)),
      );
    });
  }
  check('reads on where it was when users come and go between two pages', async (users) => {
    for (const name of ['user1', 'user3', 'user5', 'user7']) await users.insert(aUser(name));
    const first = await users.list(query(2));
    await users.remove('u_user3', start);
    await users.insert(aUser('user0'));
    await users.insert(aUser('user4'));
    const second = await users.list(query(2, first.next));
    same(
      second.items.map((user) => user.nameKey),
      ['user4', 'user5'],
    );
  });
}

function query(limit: number, after?: string) {
  return { limit, prefix: 'user', ...(after === undefined ? {} : { after }) };
}
