import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { password, type Site, site } from './site.ts';

let here: Site;
let ada: Client;
before(async () => {
  here = await site({ scopes: 'deploy:write=operator,report:read' });
  ada = await here.signedIn('ada', 'admin');
});
after(() => here[Symbol.asyncDispose]());

let serial = 0;
let id: string;
beforeEach(() => {
  id = `client-${++serial}`;
});

const pageOf = async (path: string, headers: Record<string, string> = {}) =>
  (await ada.send(`/auth${path}`, { headers })).text();

/** Sends a form as Ada with her password. Several values of one name are sent one after another. */
const sent = (path: string, fields: readonly [string, string][], typed = password) =>
  ada.send(`/auth${path}`, { method: 'POST', body: new URLSearchParams([...fields, ['current_password', typed]]) });
const make = (fields: Record<string, string>, typed = password) =>
  sent('/admin/new-client', Object.entries({ name: 'Builds', client_id: id, role: 'viewer', ...fields }), typed);

const made = async (more: object = {}): Promise<string> => {
  const done = await here.gate.clients.create({ clientId: id, name: 'Builds', ...more });
  return done.ok ? done.value.secret : '';
};

const secretIn = (text: string) => /value="(gws_[0-9A-Za-z]{36})"/.exec(text)?.[1] ?? '';

/** Whether a client gets a token with the secret. */
async function signsIn(secret: string): Promise<boolean> {
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const answer = await here.client().send('/auth/oauth/token', { method: 'POST', body, headers: { authorization } });
  return answer.status === 200;
}

test('a client is made with what the form names; its secret is shown once, and works', async () => {
  const fields = { name: 'Nightly <b>', client_id: id, role: 'operator', days: '30' };
  const scopes = ['deploy:write', 'report:read'].map((scope) => ['scopes', scope] satisfies [string, string]);
  const answer = await sent('/admin/new-client', [...Object.entries(fields), ...scopes]);
  equal(answer.status, 200);
  equal(answer.headers.get('cache-control'), 'no-store');
  const text = await answer.text();
  match(text, new RegExp(`value="${here.address}/auth/oauth/token"`));
  equal(await signsIn(secretIn(text)), true);
  const kept = await here.gate.clients.get(id);
  deepEqual([kept?.name, kept?.role, kept?.scopes], ['Nightly <b>', 'operator', ['deploy:write', 'report:read']]);
  equal(Math.round(((kept?.expiresAt ?? 0) - (kept?.createdAt ?? 0)) / 86_400_000), 30);
  for (const path of ['/admin/clients', `/admin/clients/${id}`]) {
    const shown = await pageOf(path);
    match(shown, /Nightly &lt;b&gt;[\s\S]*Active/);
    doesNotMatch(shown, /gws_|<b>/);
  }
});

test('a client without an id gets a random one, no scopes and no end', async () => {
  const text = await (await make({ client_id: '' })).text();
  const [, random = ''] = /id="client-id"[^>]*value="([a-z0-9]{20})"/.exec(text) ?? [];
  const kept = await here.gate.clients.get(random);
  deepEqual([kept?.scopes, kept?.role, kept?.expiresAt], [[], 'viewer', undefined]);
});

test('a client ends with the day that is named, in UTC', async () => {
  await make({ until: '2099-12-31', days: '30' });
  equal((await here.gate.clients.get(id))?.expiresAt, Date.parse('2099-12-31T23:59:59.999Z'));
});

const invalid = (field: string) => new RegExp(`id="${field}"[^>]*aria-invalid="true"`);
const refused: readonly (readonly [string, Record<string, string>, number, RegExp])[] = [
  ['no name', { name: '' }, 400, invalid('name')],
  ['an id of another form', { client_id: 'A B' }, 400, invalid('client-id')],
  ['a role that is none', { role: 'king' }, 400, invalid('role')],
  [
    'a scope that is not declared',
    { scopes: 'none:such' },
    400,
    /The list of scopes holds a scope that is not declared/,
  ],
  ['a scope above its role', { scopes: 'deploy:write' }, 400, /holds deploy:write, which the role viewer may not/],
  ['a day that is none', { until: '2099-02-30' }, 400, invalid('until')],
  ['a day that is over', { until: '2020-01-01' }, 400, invalid('until')],
];
for (const [what, fields, status, said] of refused) {
  test(`${what} makes no client, and is said at its field`, async () => {
    const answer = await make(fields);
    equal(answer.status, status);
    const text = await answer.text();
    match(text, said);
    doesNotMatch(text, new RegExp(password), 'no password is shown again');
    equal(await here.gate.clients.get(id), undefined);
  });
}

test('a wrong password makes no client, and the form keeps what was chosen', async () => {
  const answer = await make({ name: 'Kept "name"', scopes: 'report:read', days: '90' }, 'wrong');
  equal(answer.status, 403);
  const text = await answer.text();
  match(text, /value="Kept &quot;name&quot;"/);
  match(text, /value="report:read" checked/);
  match(text, /<option value="90" selected>/);
  match(text, invalid('current-password'));
  equal(await here.gate.clients.get(id), undefined);
});

test('an id that is taken is said at its field', async () => {
  await made();
  const answer = await make({});
  equal(answer.status, 409);
  match(await answer.text(), /The id is taken/);
});

test('a client is changed; scopes that are left out are taken away', async () => {
  await made({ role: 'operator', scopes: ['deploy:write', 'report:read'] });
  match(await pageOf(`/admin/clients/${id}/edit`), /value="deploy:write" checked[\s\S]*value="report:read" checked/);
  const edit = (fields: readonly [string, string][], typed?: string) =>
    sent(`/admin/clients/${id}/edit`, [['name', 'Other'], ['role', 'operator'], ...fields], typed);
  equal((await edit([], 'wrong')).status, 403);
  equal((await here.gate.clients.get(id))?.name, 'Builds');
  const done = await edit([['scopes', 'report:read']]);
  deepEqual([done.status, done.headers.get('location')], [303, `/auth/admin/clients/${id}?done=edited`]);
  const kept = await here.gate.clients.get(id);
  deepEqual([kept?.name, kept?.scopes], ['Other', ['report:read']]);
  match(await pageOf(`/admin/clients/${id}?done=edited`), /The client is changed/);
  const wrong = await edit([['role', 'king']]);
  equal(wrong.status, 400);
  match(await wrong.text(), /<h1>Edit <bdi>Other<\/bdi><\/h1>/);
});

test('two secrets are valid while one is changed, and the older one is ended alone', async () => {
  const first = await made();
  doesNotMatch(await pageOf(`/admin/clients/${id}`), /end-older-secret/);
  const added = await sent(`/admin/clients/${id}/secret`, [['others', 'keep']]);
  equal(added.status, 200);
  const second = secretIn(await added.text());
  deepEqual([await signsIn(first), await signsIn(second)], [true, true]);
  match(await pageOf(`/admin/clients/${id}`), /Newest secret[\s\S]*Older secret[\s\S]*end-older-secret/);
  const ended = await sent(`/admin/clients/${id}/end-older-secret`, []);
  equal(ended.headers.get('location'), `/auth/admin/clients/${id}?done=older-secret-ended`);
  deepEqual([await signsIn(first), await signsIn(second)], [false, true]);
  const only = secretIn(await (await sent(`/admin/clients/${id}/secret`, [['others', 'end']])).text());
  deepEqual([await signsIn(second), await signsIn(only)], [false, true]);
});

const actions: readonly (readonly [string, string, (kept: boolean, active: boolean | undefined) => boolean])[] = [
  ['deactivate', 'deactivated', (_, active) => active === false],
  ['activate', 'activated', (_, active) => active === true],
  ['end-tokens', 'tokens-ended', (_, active) => active === true],
  ['end-older-secret', 'older-secret-ended', (_, active) => active === true],
  ['delete', 'deleted', (kept) => !kept],
];
for (const [action, notice, isDone] of actions) {
  test(`${action} is asked by a page, done with the current password, and told`, async () => {
    await made();
    if (action === 'activate') await here.gate.clients.edit(id, { active: false });
    const before = await here.gate.clients.get(id);
    const path = `/admin/clients/${id}/${action}`;
    match(await pageOf(path), /<bdi>Builds<\/bdi>\?/);
    const wrong = await sent(path, [], 'wrong');
    equal(wrong.status, 403);
    match(await wrong.text(), invalid('current-password'));
    deepEqual(await here.gate.clients.get(id), before, 'nothing has changed');
    const done = await sent(path, []);
    const location = done.headers.get('location') ?? '';
    deepEqual([done.status, location.endsWith(`?done=${notice}`)], [303, true]);
    const after = await here.gate.clients.get(id);
    equal(isDone(after !== undefined, after?.active), true);
    match(await pageOf(location.replace('/auth', '')), /role="status"><div class="notice good">/);
  });
}

test('a client whose maker has ended says that it stays inactive', async () => {
  const owner = await here.gate.tokens.create('ada', { name: `for ${id}` });
  const authorization = `Bearer ${owner.ok ? owner.value.token : ''}`;
  const wish = { client_id: id, name: 'Child' };
  await here.client().json('/auth/api/v1/clients', wish, { headers: { authorization } });
  await here.gate.tokens.revoke('ada', `for ${id}`);
  const done = await sent(`/admin/clients/${id}/activate`, []);
  equal(done.headers.get('location'), `/auth/admin/clients/${id}?done=still-inactive`);
  match(await pageOf(`/admin/clients/${id}`), /badge bad">Inactive/);
});

test('a client that is not there has no pages', async () => {
  for (const path of ['', '/edit', '/secret', '/delete']) {
    equal((await ada.send(`/auth/admin/clients/none${path}`)).status, 404);
    if (path !== '') equal((await sent(`/admin/clients/none${path}`, [])).status, 404);
  }
});

test('operators have no pages of clients', async () => {
  const olga = await here.signedIn('olga', 'operator');
  for (const path of ['/clients', '/new-client']) equal((await olga.send(`/auth/admin${path}`)).status, 403);
  doesNotMatch(await (await olga.send('/auth/admin/invitations')).text(), /admin\/clients"/);
});

test('pages follow each other, fifty rows each, by id', async () => {
  await using many = await site();
  const admin = await many.signedIn('ada', 'admin');
  match(await (await admin.send('/auth/admin/clients')).text(), /There are no clients/);
  for (let n = 100; n < 151; n += 1) await many.gate.clients.create({ clientId: `c-${n}`, name: `Client ${n}` });
  const first = await (await admin.send('/auth/admin/clients')).text();
  equal(first.match(/scope="row"/g)?.length, 50);
  const [, next = ''] = /href="([^"]+)"[^>]*rel="next"/.exec(first) ?? [];
  const second = await (await admin.send(next.replaceAll('&amp;', '&'))).text();
  match(second, /Client 150/);
  equal(second.match(/scope="row"/g)?.length, 1);
});

test('a reader of German reads German', async () => {
  match(await pageOf('/admin/new-client', { 'accept-language': 'de' }), /Neuer Client[\s\S]*ab operator/);
});
