import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text as streamText } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import type { Client } from '../support/http.ts';
import { navigate, password, type Site, site } from './site.ts';

type Json = Record<string, unknown>;
type Codes = { device_code: string; user_code: string; verification_uri: string; verification_uri_complete: string };

const grantType = 'urn:ietf:params:oauth:grant-type:device_code';

let here: Site;
let ada: Client;
before(async () => {
  here = await site();
  ada = await here.signedIn('ada', 'operator');
});
after(() => here[Symbol.asyncDispose]());

/** As a program sends it: no page of ours, so no Origin. */
const program = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${here.address}/auth${path}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { 'user-agent': 'gatewarden/1.0 (linux)', ...headers },
  });

async function begin(fields: Record<string, string> = {}): Promise<Codes> {
  const answer = await program('/oauth/device_authorization', { client_id: 'gatewarden', ...fields });
  equal(answer.status, 200);
  return (await answer.json()) as Codes;
}

const poll = (code: string, more: Record<string, string> = {}) =>
  program('/oauth/token', { grant_type: grantType, client_id: 'gatewarden', device_code: code, ...more });

async function errorOf(answer: Response): Promise<string> {
  const { error } = (await answer.json()) as Json;
  return `${answer.status} ${error}`;
}

const decide = (by: Client, userCode: string, fields: Record<string, string>) =>
  by.form('/auth/device', { user_code: userCode, ...fields });

const approved = { action: 'approve', current_password: password };

/** Posts a form with a `Host` of its own, which `fetch` does not allow. */
async function sendTo(
  address: string,
  path: string,
  headers: Record<string, string>,
  { jar }: Client,
  fields: Record<string, string>,
): Promise<{ status: number | undefined; text: string }> {
  const sent = request(`${address}${path}`, { method: 'POST', headers: { ...headers, cookie: jar.header } });
  sent.end(String(new URLSearchParams(fields)));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const cookies = answer.headers['set-cookie'] ?? [];
  jar.keep(new Response(null, { headers: cookies.map((line): [string, string] => ['set-cookie', line]) }));
  return { status: answer.statusCode, text: await streamText(answer) };
}

/** The text of a page, without its markup. */
async function textOf(answer: Response): Promise<string> {
  const main = /<main[^>]*>(.*)<\/main>/s.exec(await answer.text())?.[1] ?? '';
  return main
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

test('a device is told where to send the person, and nobody stores that', async () => {
  const answer = await program('/oauth/device_authorization', { client_id: 'gatewarden' });
  deepEqual([answer.headers.get('cache-control'), answer.headers.get('pragma')], ['no-store', 'no-cache']);
  const { device_code: code, user_code: userCode, ...rest } = (await answer.json()) as Codes;
  match(code, /^\w{43}$/);
  deepEqual(rest, {
    verification_uri: `${here.address}/auth/device`,
    verification_uri_complete: `${here.address}/auth/device?user_code=${userCode}`,
    expires_in: 600,
    interval: 5,
  });
});

test('from the code to the tokens: the page names who asks, and the tokens are the approver’s', async () => {
  const { device_code: code, user_code: userCode } = await begin();
  equal(await errorOf(await poll(code)), '400 authorization_pending');
  const asked = await decide(ada, userCode.toLowerCase(), {});
  equal(asked.status, 200);
  const question = await textOf(asked);
  match(question, /^Let this device sign in as ada \?/);
  for (const part of [userCode, 'the gatewarden command', '127.0.0.1', 'do everything that you may']) {
    ok(question.includes(part), `${part} in: ${question}`);
  }
  const done = await decide(ada, userCode, approved);
  equal(done.status, 200);
  match(await textOf(done), /The device is approved\..*You may close this window/);
  const answer = await poll(code);
  equal(answer.headers.get('cache-control'), 'no-store');
  const tokens = (await answer.json()) as Json;
  deepEqual([answer.status, tokens.token_type, tokens.scope], [200, 'Bearer', undefined]);
  const authorization = `Bearer ${tokens.access_token}`;
  const session = (await (
    await here.client().send('/auth/api/v1/session', { headers: { authorization } })
  ).json()) as Json;
  deepEqual([session.user, session.role, session.via], ['ada', 'operator', 'access-token']);
  const refreshed = await program('/oauth/token', {
    grant_type: 'refresh_token',
    refresh_token: String(tokens.refresh_token),
  });
  equal(refreshed.status, 200);
  equal(await errorOf(await poll(code)), '400 invalid_grant');
});

test('the tokens may do at once what needs a password', async () => {
  const { device_code: code, user_code: userCode } = await begin();
  await decide(ada, userCode, approved);
  const { access_token: token } = (await (await poll(code)).json()) as Json;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const made = await fetch(`${here.address}/auth/api/v1/tokens`, {
    method: 'POST',
    headers,
    body: '{"name":"by-device"}',
  });
  equal(made.status, 201);
});

test('a device that is refused hears so', async () => {
  const { device_code: code, user_code: userCode } = await begin();
  const done = await decide(ada, userCode, { action: 'deny' });
  equal(done.status, 200);
  match(await textOf(done), /The device is refused\. It is not signed in\. You may close this window/);
  equal(await errorOf(await poll(code)), '400 access_denied');
  equal((await decide(ada, userCode, approved)).status, 404);
});

test('a wrong password shows the question again, and approves nothing', async () => {
  const { device_code: code, user_code: userCode } = await begin();
  for (const wrong of ['not the password', '']) {
    const again = await decide(ada, userCode, { action: 'approve', current_password: wrong });
    equal(again.status, 403);
    const page = await again.text();
    match(page, /Your current password is not right/);
    ok(page.includes(userCode) && !page.includes('not the password'));
  }
  equal(await errorOf(await poll(code)), '400 authorization_pending');
  equal((await decide(ada, userCode, approved)).status, 200);
});

test('the scopes that are asked for are shown, and are all that the tokens hold', async () => {
  const { device_code: code, user_code: userCode } = await begin({ scope: 'gatewarden:read' });
  match(await textOf(await decide(ada, userCode, {})), /use the scopes gatewarden:read/);
  await decide(ada, userCode, approved);
  const tokens = (await (await poll(code)).json()) as Json;
  equal(tokens.scope, 'gatewarden:read');
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  const session = (await (await here.client().send('/auth/api/v1/session', { headers })).json()) as Json;
  deepEqual(session.scopes, ['gatewarden:read']);
});

test('whoever is not signed in signs in first, and comes back with the code', async () => {
  const answer = await navigate(`${here.address}/auth/device?user_code=BCDF-GHJK`);
  equal(answer.statusCode, 303);
  const next = new URL(String(answer.headers.location), here.address);
  deepEqual([next.pathname, next.searchParams.get('next')], ['/auth/login', '/auth/device?user_code=BCDF-GHJK']);
});

const requests: readonly (readonly [string, Record<string, string>, Record<string, string>, string])[] = [
  ['no client', {}, {}, '400 invalid_request'],
  ['an unknown client', { client_id: 'nobody' }, {}, '401 invalid_client'],
  ['a client secret', { client_id: 'gatewarden', client_secret: 'x' }, {}, '401 invalid_client'],
  ['an unknown scope', { client_id: 'gatewarden', scope: 'openid' }, {}, '400 invalid_scope'],
  ['a scope that is none', { client_id: 'gatewarden', scope: 'a"b' }, {}, '400 invalid_scope'],
  ['JSON', { client_id: 'gatewarden' }, { 'content-type': 'application/json' }, '415 invalid_request'],
];
for (const [title, fields, headers, error] of requests) {
  test(`device authorization with ${title}: ${error}`, async () => {
    equal(await errorOf(await program('/oauth/device_authorization', fields, headers)), error);
  });
}

const polls: readonly (readonly [string, Record<string, string>, string])[] = [
  ['no code', { device_code: '' }, '400 invalid_request'],
  ['a made-up code', { device_code: 'a'.repeat(43) }, '400 invalid_grant'],
  ['nonsense', { device_code: 'é' }, '400 invalid_grant'],
  ['another client', { client_id: 'ci' }, '401 invalid_client'],
];
for (const [title, fields, error] of polls) {
  test(`a poll with ${title}: ${error}`, async () => {
    const { device_code: code } = await begin();
    equal(await errorOf(await poll(code, fields)), error);
  });
}

test('a poll with a code that was not given is on record', async () => {
  const denied: unknown[] = [];
  const stop = here.gate.on('access.denied', ({ outcome, subject }) => void denied.push([outcome, subject]));
  await poll('a'.repeat(43));
  stop();
  deepEqual(denied, [['invalid_token', '/auth/oauth/token']]);
});

test('a poll right after another is told to slow down', async () => {
  const { device_code: code } = await begin();
  equal(await errorOf(await poll(code)), '400 authorization_pending');
  equal(await errorOf(await poll(code)), '400 slow_down');
});

test('the log says who approved, who refused, and who signed in', async () => {
  const events: [string, string][] = [];
  const note = ({ event, actor }: { event: string; actor: string }) => void events.push([event, actor]);
  const stop = (['device.approved', 'device.denied', 'login.succeeded'] as const).map((name) =>
    here.gate.on(name, note),
  );
  const [first, second] = [await begin(), await begin()];
  await decide(ada, first.user_code, approved);
  await poll(first.device_code);
  await decide(ada, second.user_code, { action: 'deny' });
  for (const one of stop) one();
  deepEqual(events, [
    ['device.approved', 'ada'],
    ['login.succeeded', 'ada'],
    ['device.denied', 'ada'],
  ]);
});

test('what the device says of itself is not repeated: its agent is named from a list, everything else escaped', async () => {
  const agent = '<b>Mozilla</b> Firefox/1 Linux & "friends"';
  const begun = await program('/oauth/device_authorization', { client_id: 'gatewarden' }, { 'user-agent': agent });
  const { user_code: userCode } = (await begun.json()) as Codes;
  const page = await (await decide(ada, userCode, {})).text();
  ok(page.includes('Firefox on Linux'));
  equal(page.includes('friends'), false);
  const wrong = await (await decide(ada, '"><script>alert(1)</script>', {})).text();
  equal(wrong.includes('<script>alert'), false);
  const filled = await (await ada.send('/auth/device?user_code=%22%3E%3Cscript%3E')).text();
  ok(filled.includes('value="&quot;&gt;&lt;script&gt;"'));
});

test('the metadata names the endpoint and the grant', async () => {
  const metadata = (await (await ada.send('/auth/.well-known/oauth-authorization-server')).json()) as Json;
  equal(metadata.device_authorization_endpoint, `${here.address}/auth/oauth/device_authorization`);
  ok((metadata.grant_types_supported as string[]).includes(grantType));
  notEqual(metadata.issuer, undefined);
});

test('auto-login is nobody at the page, whatever its role: one signs in first', async () => {
  await using open = await site({ autoLogin: true, autoLoginRole: 'admin', autoLoginUser: 'root1' });
  await open.gate.users.create({ username: 'root1', password, role: 'admin' });
  const answer = await navigate(`${open.address}/auth/device?user_code=BCDF-GHJK`);
  equal(answer.statusCode, 303);
  match(String(answer.headers.location), /^\/auth\/login\?next=/);
  const posted = await open.client().form('/auth/device', { user_code: 'BCDF-GHJK', action: 'deny' });
  equal(posted.status, 401);
  const person = open.client();
  await person.form('/auth/login', { username: 'root1', password });
  equal((await person.send('/auth/device')).status, 200);
});

test('at ADMIN_URL a device is approved without a password, and is never fresh; elsewhere it is not approved', async () => {
  const [publicUrl, adminUrl] = ['http://app.localhost:8080', 'http://accounts.localhost:8080'];
  await using apart = await site({ publicUrl, adminUrl });
  await apart.gate.users.create({ username: 'eve', password, role: 'user' });
  const at = (origin: string) => {
    const one = apart.client();
    const headers = { host: new URL(origin).host, origin, 'content-type': 'application/x-www-form-urlencoded' };
    const form = (path: string, fields: Record<string, string>) => sendTo(apart.address, path, headers, one, fields);
    return { form };
  };
  const begun = await at(publicUrl).form('/auth/oauth/device_authorization', { client_id: 'gatewarden' });
  const codes = JSON.parse(begun.text) as Codes;
  equal(codes.verification_uri, `${adminUrl}/auth/device`);
  const there = at(publicUrl);
  await there.form('/auth/login', { username: 'eve', password });
  equal((await there.form('/auth/device', { user_code: codes.user_code, ...approved })).status, 421);
  const here = at(adminUrl);
  await here.form('/auth/login', { username: 'eve', password });
  const question = await here.form('/auth/device', { user_code: codes.user_code });
  deepEqual([question.status, question.text.includes('current_password')], [200, false]);
  equal((await here.form('/auth/device', { user_code: codes.user_code, action: 'approve' })).status, 200);
  const fields = { grant_type: grantType, client_id: 'gatewarden', device_code: codes.device_code };
  const tokens = JSON.parse((await there.form('/auth/oauth/token', fields)).text) as Json;
  const claims = JSON.parse(Buffer.from(String(tokens.access_token).split('.')[1] ?? '', 'base64url').toString());
  equal(claims.auth_time, undefined);
});
