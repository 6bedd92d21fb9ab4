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

test('a page of a filtered list is full, and a cursor is a name', async () => {
  const first = await users.list({ role: 'operator', limit: 1 });
  deepEqual([first.items.map(({ username }) => username), first.next], [['u0000'], 'u0000']);
  const next = await users.list({ role: 'operator', limit: 1, cursor: first.next });
  deepEqual([next.items.map(({ username }) => username), next.next], [['u0650'], undefined]);
});

test('users are counted by the same filters, up to a thousand', async () => {
  equal(await users.count({ state: 'pending' }), 650);
  equal(await users.count({ state: 'pending', q: 'u06' }), 50);
  equal(await users.count({ role: 'operator', state: 'active' }), 2);
  equal(await users.count({ role: 'admin' }), 0);
  equal(await users.count(), 1000);
});

test('a user is found by the whole address, in any case, and by the filters besides', async () => {
  await users.create({ username: 'zoe', email: 'Zoe@Example.com', role: 'viewer' });
  const found = async (query: Query) => (await users.list(query)).items.map(({ username }) => username);
  deepEqual(await found({ email: 'zOE@example.COM' }), ['zoe']);
  deepEqual(await found({ email: 'zoe@example.com', role: 'viewer', state: 'active', q: 'Z' }), ['zoe']);
  deepEqual(await found({ email: 'zoe@example.com', role: 'admin' }), []);
  deepEqual(await found({ email: 'zoe@example.com', state: 'pending' }), []);
  deepEqual(await found({ email: 'zoe@example.com', q: 'a' }), []);
  deepEqual(await found({ email: 'zoe@' }), []);
  await users.remove('zoe');
  deepEqual(await found({ email: 'zoe@example.com' }), []);
});

test('a user leaves one list and joins another with their role and state', async () => {
  await users.create({ username: 'yan', role: 'viewer', active: false });
  deepEqual((await pages({ role: 'viewer', state: 'pending' })).flat(), ['yan']);
  await users.edit('yan', { role: 'operator', active: true });
  deepEqual((await pages({ role: 'viewer' })).flat(), []);
  deepEqual((await pages({ q: 'y', role: 'operator', state: 'active' })).flat(), ['yan']);
  await users.remove('yan');
  deepEqual((await pages({ q: 'y', role: 'operator' })).flat(), []);
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
