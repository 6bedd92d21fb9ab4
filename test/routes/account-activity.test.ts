import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ownTrail } from '../../lib/routes/pages/account/trail.ts';
import type { Client } from '../support/http.ts';
import { password, type Site, site } from './site.ts';

let here: Site;
before(async () => {
  here = await site();
});
after(() => here[Symbol.asyncDispose]());

const page = async (client: Client, path: string) => (await client.send(`/auth${path}`)).text();
const rowsOf = (text: string) => [...text.matchAll(/<tr>\n<td>([\s\S]*?)<\/tr>/g)].map(([, row]) => row ?? '');

async function principalOf(username: string) {
  const user = await here.gate.users.get(username);
  const scopes = ['gatewarden:admin'];
  return { kind: 'user', id: user?.id ?? '', name: username, role: 'admin', scopes, via: 'session' } as const;
}

test('one’s own actions and what others did to one are shown, and nothing of others', async () => {
  const [root, ada, bob] = [
    await here.signedIn('root1', 'admin'),
    await here.signedIn('ada', 'user'),
    await here.signedIn('bob', 'user'),
  ];
  await here.client().form('/auth/login', { username: 'ADA', password: 'not the password' });
  const by = { principal: await principalOf('root1'), address: '203.0.113.9', agent: 'admin-browser' };
  await here.gate.users.edit('ada', { role: 'viewer' }, by);
  await here.gate.users.edit('bob', { displayName: 'Bob' }, by);
  const text = await page(ada, '/account/activity');
  const rows = rowsOf(text);
  match(
    rows[0] ?? '',
    /Your account was changed[\s\S]*by <bdi>root1<\/bdi>[\s\S]*role <code>viewer<\/code>[\s\S]*done/,
  );
  match(rows[1] ?? '', /Sign-in failed[\s\S]*127\.0\.0\.1[\s\S]*invalid_credentials/);
  match(rows[2] ?? '', /Signed in[\s\S]*with the password/);
  doesNotMatch(text, /203\.0\.113\.9|admin-browser/, 'where another acts from is theirs');
  doesNotMatch(text, /bob/i);
  doesNotMatch(await page(bob, '/account/activity'), /ada/);
  doesNotMatch(await page(root, '/account/activity'), /invalid_credentials/);
});

test('the trail is downloaded as a file, with no more than the page shows', async () => {
  const una = await here.signedIn('una', 'user');
  const by = { principal: await principalOf('root1'), address: '203.0.113.9', agent: 'admin-browser' };
  await here.gate.users.edit('una', { displayName: '=1+1' }, by);
  const csv = await una.send('/auth/account/activity.csv');
  match(csv.headers.get('content-disposition') ?? '', /^attachment; filename="activity-[\d-]{10}\.csv"$/);
  const lines = (await csv.text()).trim().split('\r\n');
  deepEqual(
    lines.map((line) => line.split(',')[1]?.replaceAll('"', '')),
    ['event', 'user.changed', 'login.succeeded', 'user.changed'],
  );
  match(lines[1] ?? '', /root1/);
  doesNotMatch(lines.join(), /203\.0\.113\.9|admin-browser/);
  match(lines[2] ?? '', /127\.0\.0\.1/);
  const records = (await (await una.send('/auth/account/activity.json')).json()) as readonly {
    address: string | null;
  }[];
  deepEqual(
    records.map(({ address }) => address),
    [null, '127.0.0.1', null],
  );
  equal((await here.client().send('/auth/account/activity.csv')).status, 401);
});

test('a name that is given again shows nothing of whom it was before', async () => {
  await here.signedIn('kim', 'user');
  await here.gate.users.remove('kim');
  const by = { principal: await principalOf('root1') };
  const made = await here.gate.users.create({ username: 'kim', password, role: 'user', reuseName: true }, by);
  equal(made.ok, true);
  const kim = here.client();
  await kim.form('/auth/login', { username: 'kim', password });
  const rows = rowsOf(await page(kim, '/account/activity'));
  deepEqual(
    rows.map((row) => /<strong>(.*?)<\/strong>/.exec(row)?.[1]),
    ['Signed in', 'Your account was changed'],
  );
  match(rows[1] ?? '', /created/);
});

test('a trail that is read while the name is given to another user ends', async () => {
  await here.signedIn('lea', 'user');
  const lea = await principalOf('lea');
  const lengthFor = async (id: string) =>
    (await ownTrail({ core: here.gate, principal: { ...lea, id } }, { limit: 50 })).items.length;
  deepEqual([await lengthFor(lea.id), await lengthFor('another')], [2, 0]);
});

test('a long trail is shown in pages, each line once', async () => {
  const eve = await here.signedIn('eve', 'user');
  const by = { principal: await principalOf('eve') };
  for (let n = 0; n < 30; n += 1) {
    await here.gate.users.edit('eve', { displayName: `Eve ${n}` });
    await here.gate.users.edit('eve', { displayName: `Eva ${n}` }, by);
  }
  const first = await page(eve, '/account/activity');
  const next = /href="([^"]*cursor=[^"]*)"/.exec(first)?.[1]?.replace('/auth', '') ?? '';
  const second = await page(eve, next);
  const all = [...rowsOf(first), ...rowsOf(second)];
  deepEqual([rowsOf(first).length, all.length], [50, 62]);
  const file = (await (await eve.send('/auth/account/activity.json')).json()) as readonly { id: string }[];
  deepEqual([file.length, new Set(file.map(({ id }) => id)).size], [62, 62]);
  match(second, /First page/);
  doesNotMatch(second, /rel="next"/);
});
