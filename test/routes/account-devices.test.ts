import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { password, type Site, site } from './site.ts';

let here: Site;
before(async () => {
  here = await site({ sessionsPerUser: 1000 });
});
after(() => here[Symbol.asyncDispose]());

const page = async (client: Client, path: string) => (await client.send(`/auth${path}`)).text();
const idsIn = (text: string) => [...text.matchAll(/end-session\?id=([\w-]{43})"/g)].map(([, id]) => id ?? '');

async function another(username: string, agent = 'curl/8'): Promise<Client> {
  const one = here.client();
  const body = new URLSearchParams({ username, password });
  await one.send('/auth/login', { method: 'POST', body, headers: { 'user-agent': agent } });
  return one;
}

test('the devices are listed by their names, this one by itself', async () => {
  const ada = await here.signedIn('ada', 'user');
  match(await page(ada, '/account/devices'), /You are signed in nowhere else/);
  await another('ada', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140 "><script>');
  const text = await page(ada, '/account/devices');
  match(text, /This device/);
  match(text, /title="Mozilla\/5\.0 \(X11; Linux x86_64\) Firefox\/140 &quot;&gt;&lt;script&gt;">Firefox on Linux</);
  match(text, /from <bdi>127\.0\.0\.1<\/bdi>/);
  equal(idsIn(text).length, 1, 'this device is signed out by the button');
});

test('one device is ended after a question, and this one goes on', async () => {
  const bob = await here.signedIn('bob', 'user');
  const [first, second] = [await another('bob'), await another('bob')];
  const [newest = ''] = idsIn(await page(bob, '/account/devices'));
  match(await page(bob, `/account/end-session?id=${newest}`), /Sign out this device\?[\s\S]*curl/);
  equal((await second.send('/auth/account')).status, 200, 'the question ends nothing');
  const ended = await bob.form('/auth/account/end-session', { id: newest });
  deepEqual([ended.status, ended.headers.get('location')], [303, '/auth/account/devices?done=ended']);
  match(await page(bob, '/account/devices?done=ended'), /The device is signed out/);
  deepEqual([(await first.send('/auth/account')).status, (await second.send('/auth/account')).status], [200, 401]);
});

test('all others are ended after a question, and this one goes on', async () => {
  const eve = await here.signedIn('eve', 'user');
  const other = await another('eve');
  await here.gate.tokens.create('eve', { name: 'kept' });
  match(await page(eve, '/account/end-other-sessions'), /Sign out all other devices\?/);
  equal((await other.send('/auth/account')).status, 200, 'the question ends nothing');
  const ended = await eve.form('/auth/account/end-other-sessions', {});
  deepEqual([ended.status, ended.headers.get('location')], [303, '/auth/account/devices?done=others']);
  match(await page(eve, '/account/devices?done=others'), /nowhere else/);
  equal((await other.send('/auth/account')).status, 401);
  equal((await here.gate.tokens.list('eve')).items.length, 1);
});

test('everywhere is signed out after a question, here too', async () => {
  const kay = await here.signedIn('kay', 'user');
  const other = await another('kay');
  match(await page(kay, '/account/end-all-sessions'), /Sign out everywhere\?[\s\S]*name="all" value="true"/);
  equal((await other.send('/auth/account')).status, 200, 'the question ends nothing');
  equal((await kay.form('/auth/logout', { all: 'true' })).status, 303);
  deepEqual([(await kay.send('/auth/account')).status, (await other.send('/auth/account')).status], [401, 401]);
});

test('the question about this device is that of signing out', async () => {
  const una = await here.signedIn('una', 'user');
  const [session] = (await here.gate.sessions.list('una')).items;
  const asked = await una.send(`/auth/account/end-session?id=${session?.id}`);
  deepEqual([asked.status, asked.headers.get('location')], [303, '/auth/logout']);
});

test('nobody sees or ends the session of another', async () => {
  const [max, kim] = [await here.signedIn('max', 'admin'), await here.signedIn('kim', 'user')];
  const id = (await here.gate.sessions.list('kim')).items[0]?.id ?? '';
  for (const wrong of [id, 'none', '']) {
    equal((await max.send(`/auth/account/end-session?id=${wrong}`)).status, 404);
    equal((await max.form('/auth/account/end-session', { id: wrong })).status, 404);
  }
  equal((await kim.send('/auth/account')).status, 200);
});

test('many devices are shown in pages, each of them once', async () => {
  const ned = await here.signedIn('ned', 'user');
  for (let n = 0; n < 52; n += 1) await another('ned');
  const first = await page(ned, '/account/devices');
  const next = /href="([^"]*cursor=[^"]*)"/.exec(first)?.[1]?.replace('/auth', '') ?? '';
  const second = await page(ned, next);
  const ids = [...idsIn(first), ...idsIn(second)];
  deepEqual([idsIn(first).length, ids.length, new Set(ids).size], [50, 52, 52]);
  match(second, /This device/);
  match(second, /First page/);
  doesNotMatch(second, /rel="next"/);
});
