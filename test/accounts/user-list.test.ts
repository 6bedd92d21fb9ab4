import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { testGate } from 'gatewarden/testing';

type Query = Parameters<Awaited<ReturnType<typeof testGate>>['gate']['users']['list']>[0];

let users: Awaited<ReturnType<typeof testGate>>['gate']['users'];
let close: () => Promise<void>;

before(async () => {
  const { gate } = await testGate();
  users = gate.users;
  close = () => gate.close();
  for (let n = 0; n < 1300; n += 1) {
    const role = n % 650 === 0 ? 'operator' : 'user';
    await users.create({ username: `u${String(n).padStart(4, '0')}`, role, active: n % 2 === 0 });
  }
});
after(() => close());

async function pages(query: Query): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await users.list({ ...query, cursor });
    found.push(page.items.map(({ username }) => username));
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

test('users of a role are found page by page, however many are between them', async () => {
  deepEqual((await pages({ role: 'operator' })).flat(), ['u0000', 'u0650']);
  deepEqual((await pages({ role: 'operator', limit: 1 })).flat(), ['u0000', 'u0650']);
  deepEqual((await pages({ role: 'admin' })).flat(), []);
});

test('one page reads a thousand users at most, and says where to go on', async () => {
  const first = await users.list({ role: 'admin' });
  deepEqual([first.items, first.next], [[], 'u0999']);
});

test('users in a state are found, all of them and once', async () => {
  const pending = await pages({ state: 'pending', limit: 7 });
  equal(
    pending.slice(0, -1).every((page) => page.length === 7),
    true,
  );
  deepEqual(
    pending.flat(),
    Array.from({ length: 650 }, (_, n) => `u${String(2 * n + 1).padStart(4, '0')}`),
  );
});

test('role, state and the beginning of the name hold together', async () => {
  deepEqual((await pages({ q: 'u06', role: 'operator', state: 'active' })).flat(), ['u0650']);
  deepEqual((await pages({ q: 'u06', role: 'operator', state: 'disabled' })).flat(), []);
});

test('a page that ends with the last of them has no next one', async () => {
  const last = await users.list({ q: 'u129', limit: 10 });
  deepEqual([last.items.length, last.next], [10, undefined]);
  const filtered = await users.list({ q: 'u129', limit: 5, state: 'pending' });
  deepEqual([filtered.items.length, filtered.next], [5, undefined]);
});
