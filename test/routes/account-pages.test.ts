import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
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

test('a password is changed with the current one: other sessions end, this one stays', async () => {
  const eve = await here.signedIn('eve', 'user');
  const elsewhere = here.client();
  await elsewhere.form('/auth/login', { username: 'eve', password });
  const changed = await eve.form('/auth/account/password', { current_password: password, new_password: other });
  deepEqual([changed.status, changed.headers.get('location')], [303, '/auth/account?done=password']);
  match(await page(eve, '/account?done=password'), /Your password is changed/);
  equal((await elsewhere.send('/auth/account', { redirect: 'manual' })).status, 401);
  equal((await here.client().form('/auth/login', { username: 'eve', password: other })).status, 303);
});

const refusedPasswords: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
  [
    'a wrong current password',
    { current_password: 'wrong', new_password: other },
    403,
    /current password is not right/,
  ],
  ['no current password', { new_password: other }, 403, /current password is not right/],
  ['a short new one', { current_password: password, new_password: 'short' }, 400, /The new password must/],
  ['no new one', { current_password: password }, 400, /The new password must/],
];
for (const [n, [what, fields, status, said]] of refusedPasswords.entries()) {
  test(`${what} changes nothing, and the page says so`, async () => {
    const name = `pat${n}`;
    const pat = await here.signedIn(name, 'user');
    const answer = await pat.form('/auth/account/password', fields);
    equal(answer.status, status);
    const text = await answer.text();
    match(text, said);
    doesNotMatch(text, new RegExp(`${other}|${password}`), 'no password is shown again');
    equal((await here.client().form('/auth/login', { username: name, password })).status, 303);
  });
}

const tokenOf = (text: string) => /value="(gwt_[A-Za-z0-9]+)"/.exec(text)?.[1] ?? '';

test('a token is made, shown once, works, is listed and revoked', async () => {
  const ivy = await here.signedIn('ivy', 'user');
  const fields = { name: 'night & backup', role: 'viewer', days: '30', current_password: password };
  equal((await ivy.form('/auth/account/tokens', { ...fields, name: 'a/b' })).status, 400);
  const made = await ivy.form('/auth/account/tokens', { ...fields, name: 'night backup' });
  equal(made.status, 200);
  equal(made.headers.get('cache-control'), 'no-store');
  const token = tokenOf(await made.text());
  const who = () => here.client().send('/auth/api/v1/session', { headers: { authorization: `Bearer ${token}` } });
  equal(((await (await who()).json()) as { role: string }).role, 'viewer');
  const listed = await page(ivy, '/account');
  match(listed, /night backup/);
  doesNotMatch(listed, /gwt_/);
  match(listed, /revoke-token\?name=night%20backup/);
  match(await page(ivy, '/account/revoke-token?name=night%20backup'), /Revoke the token/);
  const revoke = (current_password: string) =>
    ivy.form('/auth/account/revoke-token', { name: 'night backup', current_password });
  const wrong = await revoke('wrong');
  equal(wrong.status, 403);
  match(await wrong.text(), /current password is not right/);
  equal((await who()).status, 200);
  const revoked = await revoke(password);
  deepEqual([revoked.status, revoked.headers.get('location')], [303, '/auth/account?done=revoked']);
  equal((await who()).status, 401);
});

const refusedTokens: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
  ['a wrong password', { name: 'x', current_password: 'wrong' }, 403, /current password is not right/],
  ['no name', { current_password: password }, 400, /The name must be/],
  ['a role above one’s own', { name: 'x', role: 'admin', current_password: password }, 400, /The role /],
  ['a lifetime that is not offered', { name: 'x', days: '9999', current_password: password }, 400, /./],
];
for (const [n, [what, fields, status, said]] of refusedTokens.entries()) {
  test(`${what} makes no token`, async () => {
    const name = `tim${n}`;
    const tim = await here.signedIn(name, 'user');
    const answer = await tim.form('/auth/account/tokens', fields);
    equal(answer.status, status);
    match(await answer.text(), said);
    match(await page(tim, '/account'), /You have no API tokens/);
  });
}

test('a name that is taken is said at its field', async () => {
  const uma = await here.signedIn('uma', 'user');
  const fields = { name: 'ci', current_password: password };
  equal((await uma.form('/auth/account/tokens', fields)).status, 200);
  const again = await uma.form('/auth/account/tokens', fields);
  equal(again.status, 409);
  match(await again.text(), /The name is taken/);
});

test('a token that looks at the account page gets no forms', async () => {
  const headers = await here.bearer('zoe', 'user');
  const text = await (await here.client().send('/auth/account', { headers })).text();
  match(text, /signed in as/);
  doesNotMatch(text, /current_password/);
});

test('a token that is not there has no page', async () => {
  const kim = await here.signedIn('kim', 'user');
  equal((await kim.send('/auth/account/revoke-token?name=none')).status, 404);
  equal((await kim.form('/auth/account/revoke-token', { name: 'none', current_password: password })).status, 404);
});

test('a form from another origin changes nothing', async () => {
  const max = await here.signedIn('max', 'user');
  const body = new URLSearchParams({ current_password: password, new_password: other });
  for (const path of ['/account/password', '/account/tokens', '/account/revoke-token']) {
    const sent = { method: 'POST', body, headers: { origin: 'https://evil.example' } };
    equal((await max.send(`/auth${path}`, sent)).status, 403);
  }
  equal((await here.client().form('/auth/login', { username: 'max', password })).status, 303);
});
