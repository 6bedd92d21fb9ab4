import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { password, type Site, site } from './site.ts';

let here: Site;
before(async () => {
  here = await site();
});
after(() => here[Symbol.asyncDispose]());

const page = async (client: Client, path: string) => (await client.send(`/auth${path}`)).text();
const tokenOf = (text: string) => /value="(gwt_[A-Za-z0-9]+)"/.exec(text)?.[1] ?? '';
const sent = (client: Client, fields: Record<string, string>) =>
  client.form('/auth/account/tokens', { current_password: password, ...fields });

test('a token is made, shown once, works, is listed and revoked', async () => {
  const ivy = await here.signedIn('ivy', 'user');
  match(await page(ivy, '/account/tokens'), /You have no API tokens/);
  const fields = { name: 'night & backup', role: 'viewer', days: '30' };
  equal((await sent(ivy, { ...fields, name: 'a/b' })).status, 400);
  const made = await sent(ivy, { ...fields, name: 'night backup' });
  equal(made.status, 200);
  equal(made.headers.get('cache-control'), 'no-store');
  const token = tokenOf(await made.text());
  const who = () => here.client().send('/auth/api/v1/session', { headers: { authorization: `Bearer ${token}` } });
  equal(((await (await who()).json()) as { role: string }).role, 'viewer');
  const listed = await page(ivy, '/account/tokens');
  match(listed, /night backup/);
  match(listed, /At most the role <bdi>viewer/);
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
  deepEqual([revoked.status, revoked.headers.get('location')], [303, '/auth/account/tokens?done=revoked']);
  match(await page(ivy, '/account/tokens?done=revoked'), /The token is revoked/);
  equal((await who()).status, 401);
});

test('a token has the scopes that are ticked, and without one all', async () => {
  const una = await here.signedIn('una', 'operator');
  const several = new URLSearchParams({ name: 'few', current_password: password });
  for (const scope of ['gatewarden:read', 'gatewarden:admin']) several.append('scopes', scope);
  equal((await una.send('/auth/account/tokens', { method: 'POST', body: several })).status, 200);
  equal((await sent(una, { name: 'one', scopes: 'gatewarden:read' })).status, 200);
  equal((await sent(una, { name: 'whole' })).status, 200);
  const tokens = (await here.gate.tokens.list('una')).items;
  deepEqual(
    tokens.map(({ name, scopes }) => [name, scopes]),
    [
      ['few', ['gatewarden:read', 'gatewarden:admin']],
      ['one', ['gatewarden:read']],
      ['whole', undefined],
    ],
  );
  match(await page(una, '/account/tokens'), /only <code>gatewarden:read<\/code>, <code>gatewarden:admin<\/code>/);
});

const day = 86_400_000;

test('a token ends after some days, at the end of a day, or never', async () => {
  const ned = await here.signedIn('ned', 'user');
  const until = new Date(Date.now() + 3 * day).toISOString().slice(0, 10);
  const before = Date.now();
  const wishes: readonly Record<string, string>[] = [
    { name: 'a', days: '7' },
    { name: 'b', days: '30', until },
    { name: 'c', days: '' },
  ];
  for (const fields of wishes) equal((await sent(ned, fields)).status, 200);
  const [a, b, c] = (await here.gate.tokens.list('ned')).items.map(({ expiresAt }) => expiresAt);
  const late = (a ?? 0) - before - 7 * day;
  equal(late >= 0 && late < day, true);
  deepEqual([b, c], [Date.parse(`${until}T23:59:59.999Z`), undefined]);
});

const refused: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
  ['a wrong password', { name: 'x', current_password: 'wrong' }, 403, /current password is not right/],
  ['no name', {}, 400, /id="token-name-hint">[^<]*must be/],
  ['a role above one’s own', { name: 'x', role: 'admin' }, 400, /id="token-role-hint">[^<]*above/],
  [
    'a scope above one’s own',
    { name: 'x', scopes: 'gatewarden:admin' },
    400,
    /id="token-scopes-hint">[^<]*gatewarden:admin/,
  ],
  ['a scope that is none', { name: 'x', scopes: '' }, 400, /id="token-scopes-hint">[^<]*not declared/],
  ['a lifetime that is not offered', { name: 'x', days: '9999' }, 400, /./],
  [
    'a day that is over',
    { name: 'x', days: '30', until: '2020-02-29' },
    400,
    /id="token-until-hint">The expiry (is in the past|must be a time)/,
  ],
  [
    'a day that there is not',
    { name: 'x', until: '2096-02-31' },
    400,
    /id="token-until-hint">The expiry (is in the past|must be a time)/,
  ],
  [
    'no day at all',
    { name: 'x', until: 'tomorrow' },
    400,
    /id="token-until-hint">The expiry (is in the past|must be a time)/,
  ],
];
for (const [n, [what, fields, status, said]] of refused.entries()) {
  test(`${what} makes no token`, async () => {
    const name = `tim${n}`;
    const tim = await here.signedIn(name, 'user');
    const answer = await sent(tim, fields);
    equal(answer.status, status);
    const text = await answer.text();
    match(text, said);
    equal((text.match(/ autofocus/g) ?? []).length, fields.days === '9999' ? 0 : 1, 'the focus is on one field');
    deepEqual((await here.gate.tokens.list(name)).items, []);
  });
}

test('a form that is refused has what was filled in, but the password', async () => {
  const uma = await here.signedIn('uma', 'user');
  const fields = { name: 'ci', role: 'viewer', scopes: 'gatewarden:read', days: '365' };
  equal((await sent(uma, fields)).status, 200);
  const again = await sent(uma, fields);
  equal(again.status, 409);
  const text = await again.text();
  match(text, /id="token-name-hint">[^<]*taken/);
  for (const kept of [/value="ci"/, /value="viewer" selected/, /value="gatewarden:read" checked/, /"365" selected/]) {
    match(text, kept);
  }
  doesNotMatch(text, new RegExp(password));
});

test('many tokens are looked through by their names', async () => {
  const max = await here.signedIn('max', 'user');
  for (let n = 0; n < 21; n += 1) await here.gate.tokens.create('max', { name: `Job ${n}` });
  const all = await page(max, '/account/tokens');
  match(all, /type="search"/);
  equal(all.match(/Revoke: Job/g)?.length, 21);
  equal((await page(max, '/account/tokens?q=job%201')).match(/Revoke: Job/g)?.length, 11);
  match(await page(max, '/account/tokens?q=%22%3E%3Cb%3E'), /value="&quot;&gt;&lt;b&gt;"[\s\S]*None of your tokens/);
});

test('a token that is not there has no page', async () => {
  const kim = await here.signedIn('kim', 'user');
  equal((await kim.send('/auth/account/revoke-token?name=none')).status, 404);
  for (const current_password of [password, 'wrong']) {
    equal((await kim.form('/auth/account/revoke-token', { name: 'none', current_password })).status, 404);
  }
});
