import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { password, type Site, site } from './site.ts';

let here: Site;
let admin: Client;
before(async () => {
  here = await site();
  admin = await here.signedIn('ada', 'admin');
});
after(() => here[Symbol.asyncDispose]());

const at = '/auth/admin/sessions';
const read = async (client: Client, path = '', headers: Record<string, string> = {}) => {
  const answer = await client.send(`${at}${path}`, { headers });
  return { status: answer.status, text: await answer.text() };
};

/** Signs the user in once more, with this agent. */
async function elsewhere(username: string, agent = 'node'): Promise<Client> {
  const one = here.client();
  const body = new URLSearchParams({ username, password });
  await one.send('/auth/login', { method: 'POST', body, headers: { 'user-agent': agent } });
  return one;
}

const isSignedIn = async (client: Client) => (await client.send('/auth/account')).status === 200;
const keysOf = async (username: string) =>
  (await here.gate.sessions.list(username)).items.map(({ id }) => `${id}.${username}`);
const sent = (fields: readonly (readonly [string, string])[]) => ({
  method: 'POST',
  body: new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])),
});

test('the list names who is signed in, where and how, and shows an agent as text', async () => {
  await here.signedIn('bob', 'user');
  await elsewhere('bob', `<script>alert('1')</script>" Firefox/1 Linux`);
  const { status, text } = await read(admin);
  equal(status, 200);
  match(text, /<bdi>bob<\/bdi>/);
  match(text, /title="&lt;script&gt;alert\(&#39;1&#39;\)&lt;\/script&gt;&quot; Firefox\/1 Linux">Firefox on Linux/);
  match(text, /Password/);
  match(text, /You, now/);
  doesNotMatch(text, /<script>alert/);
  const german = await read(admin, '', { 'accept-language': 'de' });
  match(german.text, /Zuletzt gesehen/);
});

test('one user’s sessions are listed alone, in any case of the name, and nobody’s is an empty list', async () => {
  await here.signedIn('carl', 'user');
  const { text } = await read(admin, '?user=Carl');
  match(text, /Where <bdi>Carl<\/bdi> is signed in/);
  equal(text.match(/<tr>/g)?.length, 2);
  doesNotMatch(text, /<bdi>bob<\/bdi>/);
  const none = await read(admin, `?user=${encodeURIComponent('<b>nobody')}`);
  match(none.text, /<bdi>&lt;b&gt;nobody<\/bdi> is signed in nowhere/);
  doesNotMatch(none.text, /<b>nobody/);
});

test('a long list is in pages, which keep the filter', async () => {
  await here.signedIn('many', 'user');
  for (let n = 0; n < 55; n += 1) await elsewhere('many');
  const rows = (text: string) => text.match(/<tr>/g)?.length ?? 0;
  for (const query of ['', '?user=many']) {
    const { text } = await read(admin, query);
    equal(rows(text), 51);
    const next = /href="\/auth\/admin\/sessions(\?[^"]*cursor=[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    equal(next.includes('user=many'), query !== '');
    const second = await read(admin, next);
    equal(rows(second.text) > 5, true);
    match(second.text, /First page/);
  }
});

test('selected sessions are asked about, then ended with the password, and the others go on', async () => {
  await here.signedIn('dora', 'user');
  const [first, second] = [await elsewhere('dora'), await elsewhere('dora')];
  const [newest = '', other = '', oldest = ''] = await keysOf('dora');
  const query = new URLSearchParams([
    ['session', newest],
    ['session', oldest],
    ['session', `${'x'.repeat(43)}.dora`],
  ]);
  const asked = await read(admin, `/end?${query}`);
  match(asked.text, /End these 2 sessions\?/);
  equal(await isSignedIn(second), true, 'a question ends nothing');
  const fields = [
    ['session', newest],
    ['session', oldest],
    ['user', 'dora'],
  ] as const;
  for (const attempt of ['', 'wrong']) {
    const refused = await admin.send(`${at}/end`, sent([...fields, ['current_password', attempt]]));
    equal(refused.status, 403);
    match(
      await refused.text(),
      /Your current password is not right[\s\S]*End these 2 sessions|End these 2 sessions[\s\S]*Your current password is not right/,
    );
  }
  const done = await admin.send(`${at}/end`, sent([...fields, ['current_password', password]]));
  const back = done.headers.get('location') ?? '';
  deepEqual([done.status, back], [303, `${at}?user=dora&done=ended&ended=2&over=0`]);
  deepEqual([await isSignedIn(first), await isSignedIn(second), await keysOf('dora')], [true, false, [other]]);
  match(await (await admin.send(back)).text(), /2 sessions have ended\./);
});

test('what had ended before is told, and nothing selected ends nothing', async () => {
  await here.signedIn('emil', 'user');
  const [key = ''] = await keysOf('emil');
  await here.gate.sessions.end('emil', key.slice(0, 43));
  const none = await admin.send(`${at}/end?session=${key}`);
  deepEqual([none.status, none.headers.get('location')], [303, `${at}?done=nothing`]);
  const end = (session: string) =>
    admin.send(
      `${at}/end`,
      sent([
        ['session', session],
        ['current_password', password],
      ]),
    );
  equal((await end(`${'x'.repeat(43)}.emil`)).headers.get('location'), `${at}?done=ended&ended=0&over=1`);
  equal((await end('nonsense')).headers.get('location'), `${at}?done=nothing`);
  match((await read(admin, '?done=ended&ended=0&over=1')).text, /One had ended before\./);
  doesNotMatch((await read(admin, '?done=ended&ended=<b>&over=-1')).text, /have ended|<b>/);
});

test('a session that is named with another user’s name is not ended', async () => {
  const frida = await here.signedIn('frida', 'user');
  const [key = ''] = await keysOf('frida');
  const wrong = key.replace('frida', 'ada');
  await admin.send(
    `${at}/end`,
    sent([
      ['session', wrong],
      ['current_password', password],
    ]),
  );
  equal(await isSignedIn(frida), true);
});

test('all sessions of a user are ended after a question; one’s own goes on', async () => {
  const gil = await here.signedIn('gil', 'user');
  const alsoAda = await elsewhere('ada');
  match((await read(admin, '/end-all?user=gil')).text, /<bdi>gil<\/bdi><\/strong> is signed out everywhere/);
  match((await read(admin, '/end-all?user=ADA')).text, /everywhere but here/);
  equal((await read(admin, '/end-all?user=none')).status, 404);
  const end = (user: string, current: string) => admin.form(`${at}/end-all`, { user, current_password: current });
  equal((await end('gil', 'wrong')).status, 403);
  equal(await isSignedIn(gil), true);
  for (const user of ['gil', 'ada'])
    equal((await end(user, password)).headers.get('location'), `${at}?user=${user}&done=all`);
  deepEqual([await isSignedIn(gil), await isSignedIn(alsoAda), await isSignedIn(admin)], [false, false, true]);
  match((await read(admin, '?user=gil&done=all')).text, /gil is signed out everywhere\./);
});

test('operators read, and are offered nothing that ends', async () => {
  const operator = await here.signedIn('otto', 'operator');
  const { status, text } = await read(operator);
  equal(status, 200);
  doesNotMatch(text, /checkbox|\/end/);
  for (const path of ['/end', '/end-all?user=gil']) equal((await read(operator, path)).status, 403);
  equal((await operator.form(`${at}/end-all`, { user: 'ada', current_password: password })).status, 403);
});
