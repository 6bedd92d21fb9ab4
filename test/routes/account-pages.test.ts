import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accountPage } from '../../lib/pages/account/overview.ts';
import { plainFrame } from '../../lib/pages/index.ts';
import type { Client } from '../support/http.ts';
import { password, type Site, site } from './site.ts';

let here: Site;
before(async () => {
  here = await site();
});
after(() => here[Symbol.asyncDispose]());

const other = 'nine quiet lanterns drift';
const page = async (client: Client, path: string) => (await client.send(`/auth${path}`)).text();

test('who is signed in is asked before signing out, and goes on to a checked path', async () => {
  const ada = await here.signedIn('ada', 'user');
  const asked = await page(ada, '/logout?next=/wiki');
  match(asked, /Sign out\?/);
  match(asked, /name="next" value="\/wiki"/);
  doesNotMatch(await page(ada, '/logout?next=//evil.example'), /evil/);
  equal((await ada.send('/auth/account')).status, 200, 'a GET signs nobody out');
  const out = await ada.form('/auth/logout', { next: '/wiki' });
  deepEqual([out.status, out.headers.get('location')], [303, '/wiki']);
  match(await page(ada, '/logout'), /You are not signed in/);
});

test('without a way on, one comes to the sign-in page', async () => {
  const bob = await here.signedIn('bob', 'user');
  const out = await bob.form('/auth/logout', { next: '' });
  equal(out.headers.get('location'), '/auth/login?signed_out=1');
});

const changing = (current: string, next: string, more: Record<string, string> = {}) => ({
  ...{ current_password: current, new_password: next, new_password_again: next },
  ...more,
});

test('the account page says who one is and why, and until when', async () => {
  const made = await here.gate.users.create({
    ...{ username: 'una', password, role: 'operator', displayName: 'Una & Söhne', email: 'una@example.com' },
  });
  equal(made.ok, true);
  const una = here.client();
  await una.form('/auth/login', { username: 'una', password });
  const text = await page(una, '/account');
  for (const said of [
    /signed in as <strong><bdi>una<\/bdi><\/strong> with the role <strong><bdi>operator/,
    /May act on everybody’s things and approve\./,
    /<bdi>Una &amp; Söhne<\/bdi>/,
    /<bdi>una@example\.com<\/bdi>/,
    /with the password<br>Since <time datetime="20/,
    /Until<\/dt><dd><time/,
    /If you do not use it, until <time/,
    /<code>gatewarden:write<\/code>/,
  ])
    match(text, said);
  const german = await una.send('/auth/account', { headers: { 'accept-language': 'de' } });
  match(await german.text(), /Sie sind angemeldet als <strong><bdi>una/);
});

test('a token that may do less says so, and where it comes from', async () => {
  await here.gate.users.create({ username: 'lea', password, role: 'operator' });
  const made = await here.gate.tokens.create('lea', {
    name: 'few of them',
    role: 'viewer',
    scopes: ['gatewarden:read'],
  });
  const headers = { authorization: `Bearer ${made.ok ? made.value.token : ''}` };
  const text = await (await here.client().send('/auth/account', { headers })).text();
  match(text, /With the API token few of them/);
  match(text, /Your account has the role <strong><bdi>operator<\/bdi><\/strong>/);
  doesNotMatch(text, /gatewarden:write|current_password/);
});

test('a token that looks at the pages gets no forms', async () => {
  const headers = await here.bearer('zoe', 'user');
  for (const path of ['/account', '/account/devices', '/account/tokens', '/account/activity']) {
    const answer = await here.client().send(`/auth${path}`, { headers });
    equal(answer.status, 200);
    const text = await answer.text();
    match(text, /aria-current="page"/);
    doesNotMatch(text, /<form(?![^>]*method="get")|tokens\/new|end-other-sessions|revoke-token/);
  }
});

test('a client has an account page to read, and none of the others', async () => {
  const made = await here.gate.clients.create({ clientId: 'ci', name: 'Builds', scopes: ['gatewarden:read'] });
  if (!made.ok) throw new Error(made.refusal.code);
  const grant = { grant_type: 'client_credentials', client_id: 'ci', client_secret: made.value.secret };
  const granted = (await (await here.client().form('/auth/oauth/token', grant)).json()) as { access_token: string };
  const headers = { authorization: `Bearer ${granted.access_token}` };
  const text = await (await here.client().send('/auth/account', { headers })).text();
  match(text, /signed in as <strong><bdi>client:ci/);
  doesNotMatch(text, /account\/devices/);
  equal((await here.client().send('/auth/account/activity', { headers })).status, 403);
});

test('a password is changed with the current one: other sessions end, this one stays', async () => {
  const eve = await here.signedIn('eve', 'user');
  const elsewhere = here.client();
  await elsewhere.form('/auth/login', { username: 'eve', password });
  await here.gate.tokens.create('eve', { name: 'kept' });
  const changed = await eve.form('/auth/account/password', changing(password, other));
  deepEqual([changed.status, changed.headers.get('location')], [303, '/auth/account?done=password']);
  match(await page(eve, '/account?done=password'), /Your password is changed/);
  equal((await elsewhere.send('/auth/account', { redirect: 'manual' })).status, 401);
  equal((await here.client().form('/auth/login', { username: 'eve', password: other })).status, 303);
  equal((await here.gate.tokens.list('eve')).items.length, 1);
});

test('with a new password API tokens end, when that is asked for', async () => {
  const tom = await here.signedIn('tom', 'user');
  await here.gate.tokens.create('tom', { name: 'gone' });
  const changed = await tom.form('/auth/account/password', changing(password, other, { end_tokens: 'true' }));
  equal(changed.headers.get('location'), '/auth/account?done=password-and-tokens');
  match(await page(tom, '/account?done=password-and-tokens'), /your API tokens are revoked/);
  equal((await here.gate.tokens.list('tom')).items.length, 0);
});

test('somebody without a password is told that there is none', async () => {
  const kay = await here.signedIn('kay', 'user');
  doesNotMatch(await page(kay, '/account'), /no password/);
  match(
    accountPage(plainFrame(), {
      identity: { name: 'kay', role: 'user', rung: 'user', scopes: [], by: { via: 'session', method: 'login' } },
      ...{ hasPages: true, password: 'none' },
    }),
    /Your account has no password/,
  );
});

const refusedPasswords: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
  ['a wrong current password', changing('wrong', other), 403, /current password is not right/],
  ['no current password', { new_password: other, new_password_again: other }, 403, /current password is not right/],
  ['a short new one', changing(password, 'short'), 400, /id="new-password-hint"[^>]*>[^<]*must/],
  ['no new one', { current_password: password }, 400, /id="new-password-hint"[^>]*>[^<]*must/],
  ['another second one', { ...changing(password, other), new_password_again: 'other' }, 400, /is not the same/],
  ['no second one', { current_password: password, new_password: other }, 400, /is not the same/],
];
for (const [n, [what, fields, status, said]] of refusedPasswords.entries()) {
  test(`${what} changes nothing, and the page says so`, async () => {
    const name = `pat${n}`;
    const pat = await here.signedIn(name, 'user');
    const answer = await pat.form('/auth/account/password', { ...fields, end_tokens: 'true' });
    equal(answer.status, status);
    const text = await answer.text();
    match(text, said);
    match(text, /<title>Error: Your account/);
    doesNotMatch(text, new RegExp(`${other}|${password}`), 'no password is shown again');
    equal((await here.client().form('/auth/login', { username: name, password })).status, 303);
  });
}

test('a form from another origin changes nothing', async () => {
  const max = await here.signedIn('max', 'user');
  const body = new URLSearchParams(changing(password, other));
  const paths = ['password', 'tokens', 'revoke-token', 'end-session', 'end-other-sessions'];
  for (const path of paths.map((one) => `/account/${one}`)) {
    const sent = { method: 'POST', body, headers: { origin: 'https://evil.example' } };
    equal((await max.send(`/auth${path}`, sent)).status, 403);
  }
  equal((await here.client().form('/auth/login', { username: 'max', password })).status, 303);
});
