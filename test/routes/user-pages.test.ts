import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { password, type Site, site } from './site.ts';

let here: Site;
let ada: Client;
let users: Site['gate']['users'];
before(async () => {
  here = await site();
  users = here.gate.users;
  ada = await here.signedIn('ada', 'admin');
});
after(() => here[Symbol.asyncDispose]());

const other = 'nine quiet lanterns drift';
const page = async (path: string, by = ada) => (await by.send(`/auth/admin/${path}`)).text();
const form = (path: string, fields: Record<string, string> = {}, by = ada) =>
  by.form(`/auth/admin/${path}`, { current_password: password, ...fields });

/** The names that a list or a question shows, in order. */
const namesIn = (text: string) => [...text.matchAll(/<th scope="row"><a [^>]*><bdi>([^<]*)</g)].map(([, name]) => name);

test('the list says who waits first, and shows names as text', async () => {
  await users.create({ username: 'waits-a', active: false, displayName: '<img src=x onerror=alert(1)>' });
  const text = await page('users');
  deepEqual(namesIn(text).slice(0, 2), ['waits-a', 'ada']);
  match(text, /One user waits for activation/);
  match(text, /&lt;img src=x/);
  doesNotMatch(text, /<img src=x/);
  const filtered = await page('users?state=pending');
  deepEqual([namesIn(filtered), /waits for activation/.test(filtered)], [['waits-a'], false]);
  await users.remove('waits-a');
});

test('users are searched by the beginning of a name, by a whole address, by role and by state', async () => {
  for (const n of [1, 2, 3]) await users.create({ username: `find${n}`, role: n === 1 ? 'viewer' : 'user' });
  await users.create({ username: 'holder', email: 'Find@Example.com', active: false });
  deepEqual(namesIn(await page('users?q=FIND')), ['find1', 'find2', 'find3']);
  deepEqual(namesIn(await page('users?q=find&role=viewer')), ['find1']);
  deepEqual(namesIn(await page(`users?q=${encodeURIComponent(' find@example.COM ')}`)), ['holder']);
  deepEqual(namesIn(await page('users?q=find@example.com&state=active')), []);
  match(await page('users?q=nobody-at-all'), /No user fits this search/);
  match(await page('users?q=%22%3E%3Cscript%3E'), /value="&quot;&gt;&lt;script&gt;"/);
});

test('a long list has pages, which keep the filter', async () => {
  for (let n = 10; n < 63; n += 1) await users.create({ username: `many${n}`, role: 'viewer' });
  const first = await page('users?q=many&role=viewer');
  equal(namesIn(first).length, 50);
  const next = /href="([^"]+)" data-inline rel="next"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
  match(next, /q=many&role=viewer&cursor=many59$/);
  const second = await (await ada.send(next)).text();
  deepEqual(namesIn(second), ['many60', 'many61', 'many62']);
  match(second, /href="\/auth\/admin\/users\?q=many&amp;role=viewer"/);
});

test('an operator reads, and finds no form; a user is turned away', async () => {
  const olga = await here.signedIn('olga', 'operator');
  await users.create({ username: 'to-read', email: 'to-read@example.com' });
  for (const path of ['users?q=to', 'users/to-read']) {
    const text = await page(path, olga);
    match(text, /to-read@example\.com/);
    doesNotMatch(text, /type="checkbox"|new-user|users-at-once|\/edit|\/delete|admin\/audit/);
  }
  for (const path of ['users/to-read/delete', 'users/to-read/edit', 'new-user', 'users-at-once?do=end&user=to-read']) {
    equal((await olga.send(`/auth/admin/${path}`)).status, 403);
  }
  equal((await form('users/to-read/delete', {}, olga)).status, 403);
  ok(await users.get('to-read'));
  const uma = await here.signedIn('uma', 'user');
  equal((await uma.send('/auth/admin/users')).status, 403);
});

test('the page of a user tells of sessions, tokens and the ways to the audit log', async () => {
  const name = 'a+b.c@example.com';
  await form('new-user', { new_username: name, password, active: 'true', role: 'user' });
  await here.client().form('/auth/login', { username: name, password });
  for (let n = 0; n < 12; n += 1) await here.gate.tokens.create(name, { name: `token-${n}` });
  const text = await page(`users/${encodeURIComponent(name)}`);
  match(text, /<h1><bdi>a\+b\.c@example\.com<\/bdi><\/h1>/);
  match(text, /127\.0\.0\.1/);
  match(text, /token-0/);
  match(text, /2 more tokens are not shown/);
  match(text, /href="\/auth\/admin\/audit\?actor=a%2Bb\.c%40example\.com"/);
  doesNotMatch(text, /gwt_/);
  equal((await ada.send('/auth/admin/users/nobody-at-all')).status, 404);
});

test('a user is made by the form, and can sign in', async () => {
  const fields = { new_username: 'made', role: 'viewer', password: other, email: 'made@example.com', active: 'true' };
  const made = await form('new-user', fields);
  deepEqual([made.status, made.headers.get('location')], [303, '/auth/admin/users/made?done=made']);
  match(await page('users/made?done=made'), /The user is made/);
  const found = await users.get('made');
  deepEqual([found?.role, found?.state, found?.emailConfirmed], ['viewer', 'active', true]);
  equal((await here.client().form('/auth/login', { username: 'made', password: other })).status, 303);
  await form('new-user', { new_username: 'later', role: 'user' });
  const later = await users.get('later');
  deepEqual([later?.state, later?.hasPassword], ['pending', false]);
});

test('a form that is refused shows what was typed, never a password, and what is wrong', async () => {
  const wrong = {
    new_username: 'not ok',
    email: 'no address',
    password: 'short',
    display_name: '"><b>',
    role: 'viewer',
  };
  const refused = await form('new-user', wrong);
  equal(refused.status, 400);
  const text = await refused.text();
  match(text, /value="not ok"[^>]*aria-invalid="true"/);
  match(text, /value="no address"[^>]*aria-invalid="true"/);
  match(text, /value="&quot;&gt;&lt;b&gt;"/);
  match(text, /<option selected>viewer/);
  match(text, /The password must have at least/);
  doesNotMatch(text, /short"/);
  const unconfirmed = await form('new-user', { new_username: 'never', current_password: 'wrong' });
  equal(unconfirmed.status, 403);
  match(await unconfirmed.text(), /current password is not right/);
  equal(await users.get('never'), undefined);
  const body = new URLSearchParams({ ...wrong, current_password: password });
  const german = await ada.send('/auth/admin/new-user', {
    method: 'POST',
    body,
    headers: { 'accept-language': 'de' },
  });
  match(await german.text(), /Das Passwort muss/);
});

test('the name of a deleted user is given again only when one says so', async () => {
  await users.create({ username: 'retired' });
  await users.remove('retired');
  const asked = await form('new-user', { new_username: 'retired', role: 'user' });
  equal(asked.status, 409);
  match(await asked.text(), /name="reuse_name"/);
  equal((await form('new-user', { new_username: 'retired', role: 'user', reuse_name: 'true' })).status, 303);
  doesNotMatch(await page('new-user'), /reuse_name/);
});

test('only what was changed in the form is written', async () => {
  await users.create({ username: 'edited', email: 'edited@example.com', displayName: 'Old' });
  const was = { display_name_was: 'Old', email_was: 'edited@example.com', role_was: 'user' };
  await users.edit('edited', { role: 'operator' });
  const sent = { ...was, display_name: 'New', email: 'edited@example.com', role: 'user' };
  const edited = await form('users/edited/edit', sent);
  deepEqual([edited.status, edited.headers.get('location')], [303, '/auth/admin/users/edited?done=edited']);
  const found = await users.get('edited');
  deepEqual([found?.displayName, found?.role, found?.emailConfirmed], ['New', 'operator', false]);
  await form('users/edited/edit', { ...sent, display_name_was: 'New', email_confirmed: 'true' });
  equal((await users.get('edited'))?.emailConfirmed, true);
  await form('users/edited/edit', { ...was, display_name_was: 'New', role: 'user' });
  const emptied = await users.get('edited');
  deepEqual([emptied?.displayName, emptied?.email], [undefined, undefined]);
});

test('an address that is taken is said at its field, and nothing is written', async () => {
  await users.create({ username: 'first', email: 'taken@example.com' });
  await users.create({ username: 'second' });
  const refused = await form('users/second/edit', { email: 'taken@example.com', role: 'admin', role_was: 'user' });
  equal(refused.status, 409);
  match(await refused.text(), /value="taken@example\.com"[^>]*aria-invalid="true"/);
  equal((await users.get('second'))?.role, 'user');
});

test('a password that an admin sets ends the sessions, and the tokens when one says so', async () => {
  const pat = await here.signedIn('pat', 'user');
  const token = async (name: string) => {
    const made = await here.gate.tokens.create('pat', { name });
    return { authorization: `Bearer ${made.ok ? made.value.token : ''}` };
  };
  const headers = await token('one');
  const short = await form('users/pat/password', { password: 'short' });
  equal(short.status, 400);
  doesNotMatch(await short.text(), /value="short"/);
  equal((await form('users/pat/password', { password: other })).status, 303);
  equal((await pat.send('/auth/account')).status, 401);
  equal((await here.client().send('/auth/api/v1/session', { headers })).status, 200);
  equal((await here.client().form('/auth/login', { username: 'pat', password: other })).status, 303);
  await form('users/pat/password', { password: `${other} again`, tokens: 'true' });
  equal((await here.client().send('/auth/api/v1/session', { headers })).status, 401);
});

for (const [action, from, to] of [
  ['activate', 'pending', 'active'],
  ['deactivate', 'active', 'disabled'],
  ['delete', 'active', undefined],
  ['end', 'active', 'active'],
] as const) {
  test(`a question stands before ${action}, and a wrong password does nothing`, async () => {
    const name = `to-${action}`;
    await users.create({ username: name, password, active: from === 'active' });
    match(await page(`users/${name}/${action}`), new RegExp(`<bdi>${name}</bdi>\\?</h1>`));
    const wrong = await form(`users/${name}/${action}`, { current_password: 'wrong' });
    equal(wrong.status, 403);
    equal((await users.get(name))?.state, from);
    const done = await form(`users/${name}/${action}`);
    const location = action === 'delete' ? 'users?done=deleted' : `users/${name}?done=${action}`;
    deepEqual([done.status, done.headers.get('location')], [303, `/auth/admin/${location}`]);
    match(await page(location), /class="notice good"/);
    equal((await users.get(name))?.state, to);
    if (action === 'delete') equal((await form(`users/${name}/edit`)).status, 404);
  });
}

test('nobody deletes or deactivates themself, and the page says so', async () => {
  for (const action of ['delete', 'deactivate']) {
    const refused = await form(`users/ada/${action}`);
    equal(refused.status, 409);
    match(await refused.text(), /You cannot delete or deactivate yourself/);
  }
  doesNotMatch(await page('users/ada'), /ada\/delete|ada\/deactivate|ada\/password/);
});

const atOnce = (fields: readonly (readonly [string, string])[], by = ada) =>
  by.send('/auth/admin/users-at-once', {
    method: 'POST',
    body: new URLSearchParams([
      ['current_password', password],
      ...fields.map(([name, value]): [string, string] => [name, value]),
    ]),
  });

test('many are changed at once, and the page tells what was done and what was not', async () => {
  for (const name of ['crowd1', 'crowd2', 'crowd3']) await users.create({ username: name, active: false });
  const question = await page('users-at-once?do=activate&user=crowd1&user=crowd2&user=crowd1&user=nobody-at-all');
  match(question, /Activate these 2 users\?/);
  equal((await users.get('crowd1'))?.state, 'pending', 'a question changes nothing');
  const activated = await atOnce([
    ['do', 'activate'],
    ['user', 'crowd1'],
    ['user', 'crowd2'],
    ['user', '<i>gone</i>'],
  ]);
  equal(activated.status, 200);
  const text = await activated.text();
  match(text, /2 users were activated/);
  match(text, /For one user it was not done/);
  match(text, /&lt;i&gt;gone&lt;\/i&gt;.*There is no such user any more/);
  deepEqual(
    [(await users.get('crowd1'))?.state, (await users.get('crowd2'))?.state, (await users.get('crowd3'))?.state],
    ['active', 'active', 'pending'],
  );
  const deleted = await (
    await atOnce([
      ['do', 'delete'],
      ['user', 'crowd1'],
      ['user', 'ada'],
    ])
  ).text();
  match(deleted, /One user was deleted/);
  match(deleted, /You cannot delete or deactivate yourself/);
  ok(await users.get('ada'));
  const ended = await (
    await atOnce([
      ['do', 'end'],
      ['user', 'crowd2'],
      ['tokens', 'true'],
    ])
  ).text();
  match(ended, /The sessions of one user have ended/);
  await atOnce([
    ['do', 'deactivate'],
    ['user', 'crowd2'],
  ]);
  equal((await users.get('crowd2'))?.state, 'disabled');
});

test('a role is given to many, and one that is none is refused', async () => {
  for (const name of ['team1', 'team2']) await users.create({ username: name, role: 'viewer' });
  const fields = [
    ['do', 'role'],
    ['user', 'team1'],
    ['user', 'team2'],
  ] as const;
  const refused = await atOnce([...fields, ['role', 'emperor']]);
  equal(refused.status, 400);
  match(await refused.text(), /<bdi>team2<\/bdi>/);
  match(await (await atOnce([...fields, ['role', 'operator']])).text(), /The role of 2 users was changed/);
  deepEqual([(await users.get('team1'))?.role, (await users.get('team2'))?.role], ['operator', 'operator']);
});

test('without the password nothing is done to many, and the choice stays', async () => {
  const refused = await atOnce([
    ['do', 'delete'],
    ['user', 'team1'],
    ['user', 'team2'],
    ['current_password', 'x'],
  ]);
  equal(refused.status, 403);
  const text = await refused.text();
  match(text, /Delete these 2 users\?/);
  match(text, /name="user" value="team1"/);
  ok(await users.get('team1'));
});

test('with nobody ticked the page says so', async () => {
  match(await page('users-at-once?do=delete'), /No user is ticked/);
  match(await (await atOnce([['do', 'delete']])).text(), /No user is ticked/);
  equal((await ada.send('/auth/admin/users-at-once?do=nothing&user=ada')).status, 400);
});
