import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { codeOf, type Site, site } from './site.ts';

type Entry = Readonly<{ at: string; event: string; actor: string; subject: string | null; outcome: string }>;
type List = Readonly<{ items: readonly Entry[]; next_cursor: string | null }>;

let here: Site;
let admin: Client;
let between: string;

/** Later than whatever was recorded so far, and earlier than what is recorded next. */
async function pause(): Promise<string> {
  const start = Date.now();
  while (Date.now() <= start + 1) await new Promise((resolve) => setTimeout(resolve, 2));
  const now = new Date(Date.now() - 1).toISOString();
  return now;
}

before(async () => {
  here = await site();
  admin = await here.signedIn('ada', 'admin');
  await here.client().form('/auth/login', { username: 'ada', password: 'wrong' });
  between = await pause();
  await pause();
  await here.gate.users.create({ username: 'bob' });
  await here.gate.users.edit('bob', { role: 'viewer' });
});
after(() => here[Symbol.asyncDispose]());

async function listed(query: Record<string, string>): Promise<List> {
  const answer = await admin.send(`/auth/api/v1/audit?${new URLSearchParams(query)}`);
  equal(answer.status, 200);
  return (await answer.json()) as List;
}

const shown = ({ items }: List) => items.map(({ event, actor, subject, outcome }) => [event, actor, subject, outcome]);

test('the audit log is filtered by what it was about and how it ended', async () => {
  deepEqual(shown(await listed({ subject: 'user:bob' })), [
    ['user.changed', '', 'user:bob', 'ok'],
    ['user.changed', '', 'user:bob', 'ok'],
  ]);
  const failed = shown(await listed({ outcome: 'invalid_credentials' }));
  deepEqual(
    failed.map(([event, , , outcome]) => [event, outcome]),
    [['login.failed', 'invalid_credentials']],
  );
  deepEqual(shown(await listed({ outcome: 'ok', event: 'login.failed' })), []);
  deepEqual(shown(await listed({ subject: 'user:nobody' })), []);
});

test('the audit log is filtered by time, both ends included', async () => {
  const all = await listed({});
  const [earlier, later] = [await listed({ to: between }), await listed({ from: between })];
  equal(
    later.items.every(({ subject }) => subject === 'user:bob'),
    true,
  );
  equal(later.items.length, 2);
  equal(earlier.items.length + later.items.length, all.items.length);
  const [newest] = all.items;
  const exactly = await listed({ from: newest?.at ?? '', to: newest?.at ?? '', subject: 'user:bob' });
  equal(exactly.items.length >= 1, true);
  deepEqual(shown(await listed({ from: '2999-01-01T00:00:00Z' })), []);
  deepEqual(shown(await listed({ to: '1960-01-01T00:00:00+02:00' })), []);
  deepEqual((await listed({ to: '9999-12-31T23:59:59Z' })).items, all.items);
});

test('filters hold from page to page', async () => {
  const first = await listed({ subject: 'user:bob', limit: '1', to: '9999-12-31T23:59:59Z' });
  const cursor = first.next_cursor ?? '';
  const second = await listed({ subject: 'user:bob', limit: '1', cursor, to: '9999-12-31T23:59:59Z' });
  deepEqual([first.items.length, second.items.length, second.next_cursor], [1, 1, null]);
  deepEqual((await listed({ cursor, to: between })).items, (await listed({ to: between })).items);
});

for (const query of [
  'from=yesterday',
  'to=2026-01-01',
  'from=1',
  'subject=a&subject=b',
  `outcome=${'x'.repeat(129)}`,
]) {
  test(`?${query.slice(0, 30)} is refused`, async () => {
    equal(await codeOf(await admin.send(`/auth/api/v1/audit?${query}`)), '400 validation_failed');
  });
}
