import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, test } from 'node:test';
import { adminPassword, type RunningGateway } from '../support/gateway.ts';
import { type Client, rawRequest } from '../support/http.ts';
import { startDemo } from '../support/installation.ts';
import { closedWithin, heldOpen } from './held.ts';

/*
 * The real gateway; this process is the other one, which holds the database or spoils it.
 */

let gateway: RunningGateway & AsyncDisposable;
let admin: Client;
let bearer: Readonly<Record<string, string>>;
let access: Readonly<Record<string, string>>;
let invitation: Readonly<{ id: string; code: string }>;
let other: DatabaseSync;

const api = (path: string) => `/_gatewarden/api/v1/${path}`;
const confirm = { current_password: adminPassword };
const newcomer = { username: 'newcomer', password: 'a lamp among quiet herons' };

before(async () => {
  gateway = await startDemo({ settings: { SIGNUP: 'open' } });
  admin = await gateway.firstAdmin();
  const made = (await (await admin.json(api('tokens'), { name: 'ci', ...confirm })).json()) as { token: string };
  bearer = { authorization: `Bearer ${made.token}` };
  invitation = (await (await json('POST', 'invitations', {})).json()) as typeof invitation;
  const signedIn = await gateway.client().json(api('login'), { username: 'ada', password: adminPassword });
  access = { authorization: `Bearer ${((await signedIn.json()) as { token: string }).token}` };
  other = new DatabaseSync(join(gateway.dataDir, 'gatewarden.db'), { timeout: 2000 });
});
after(async () => {
  other.close();
  await gateway[Symbol.asyncDispose]();
});

type Ask = () => Promise<Response>;
const json = (method: string, path: string, body: object, headers = bearer): Promise<Response> =>
  gateway.client().json(api(path), body, { method, headers });
const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(gateway.address + path, { headers, redirect: 'manual' });

const writers: Readonly<Record<string, Ask>> = {
  'signing in by the form': () =>
    gateway.client().form('/_gatewarden/login', { username: 'ada', password: adminPassword }),
  'signing in by the API': () => gateway.client().json(api('login'), { username: 'ada', password: adminPassword }),
  'signing in with a wrong password': () => gateway.client().json(api('login'), { username: 'ada', password: 'x' }),
  'making a user': () => json('POST', 'users', { username: 'late' }),
  'signing up': () => json('POST', 'signup', newcomer, {}),
  'signing up with an invitation': () => json('POST', 'signup', { ...newcomer, invitation: invitation.code }, {}),
  'signing up with a wrong invitation': () => json('POST', 'signup', { ...newcomer, invitation: 'gwi_' }, {}),
  'making an invitation': () => json('POST', 'invitations', {}),
  'withdrawing an invitation': () => json('DELETE', `invitations/${invitation.id}`, {}),
  'making a token': () => json('POST', 'tokens', { name: 'late' }),
  'revoking a token': () => json('DELETE', 'tokens/ci', {}),
  'changing a user': () => json('PATCH', 'users/ada', { display_name: 'Ada' }),
  'ending a session': () => json('DELETE', 'session', {}, access),
  'signing out': () => admin.form('/_gatewarden/logout', {}),
  'changing the password': () =>
    json('PUT', 'account/password', { ...confirm, new_password: 'gulls and a lighthouse' }),
};

async function isOutage(name: string, answer: Response): Promise<void> {
  const text = await answer.text();
  deepEqual([name, answer.status, answer.headers.getSetCookie()], [name, 503, []], text);
  match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
  equal(answer.headers.get('cache-control'), 'no-store');
  equal((JSON.parse(text) as { code: string }).code, 'store_unavailable');
}

async function isReady(ready: boolean): Promise<void> {
  const answer = await get('/_gatewarden/readyz');
  equal(answer.status, ready ? 200 : 503);
  if (!ready) match(await answer.text(), /Cannot answer: sqlite.*"store_unavailable"/);
  equal((await get('/_gatewarden/healthz')).status, 200);
}

afterEach(() => {
  if (other.isTransaction) other.exec('ROLLBACK');
});

test('a database that another process holds: nothing that has to be written is acknowledged, and it goes on afterwards', async () => {
  equal((await admin.send('/')).status, 200);
  other.exec('BEGIN EXCLUSIVE');
  for (const [name, ask] of Object.entries(writers)) await isOutage(name, await ask());
  await isReady(false);
  for (const [name, headers] of Object.entries({ bearer, access, session: { cookie: admin.jar.header } })) {
    equal(`${name} ${(await get('/', headers)).status}`, `${name} 200`);
  }
  equal((await get('/', { authorization: `Bearer gwt_${'0'.repeat(36)}` })).status, 401);
  other.exec('ROLLBACK');
  await isReady(true);
  equal((await writers['making a user']?.())?.status, 201);
  equal((await writers['signing up with an invitation']?.())?.status, 201);
  equal((await writers['signing in by the form']?.())?.status, 303);
});

test('a database that another process holds: a crowd at the sign-in does not hold up those who are signed in', async () => {
  equal((await admin.send('/')).status, 200);
  other.exec('BEGIN EXCLUSIVE');
  const started = performance.now();
  const crowd = Array.from({ length: 40 }, () => writers['signing in by the API']?.());
  const passed: number[] = [];
  for (let at = 0; at < 10; at += 1) {
    const asked = performance.now();
    equal((await admin.send('/')).status, 200);
    passed.push(performance.now() - asked);
  }
  const statuses = (await Promise.all(crowd)).map((answer) => answer?.status);
  const took = performance.now() - started;
  other.exec('ROLLBACK');
  deepEqual([...new Set(statuses)], [503]);
  ok(took < 15_000, `40 refusals took ${took} ms`);
  ok(Math.max(...passed) < 8000, `a page took ${Math.max(...passed)} ms`);
  equal((await writers['signing in by the form']?.())?.status, 303);
});

test('a database that another process holds: no device is begun, approved or signed in, and all of it afterwards', async () => {
  const client_id = 'gatewarden';
  const asked = (path: string, fields: Record<string, string>) =>
    fetch(`${gateway.address}/_gatewarden/oauth${path}`, { method: 'POST', body: new URLSearchParams(fields) });
  const begin = () => asked('/device_authorization', { client_id });
  const { device_code, user_code } = (await (await begin()).json()) as Record<string, string>;
  const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
  const poll = () => asked('/token', { grant_type, client_id, device_code: device_code ?? '' });
  const person = gateway.client();
  await person.form('/_gatewarden/login', { username: 'ada', password: adminPassword });
  const form = { user_code: user_code ?? '', ...confirm };
  const decide = (action: string) => person.form('/_gatewarden/device', { ...form, action });
  other.exec('BEGIN EXCLUSIVE');
  const polled = await poll();
  const during = [await begin(), polled, await decide('approve'), await decide('deny')];
  deepEqual(
    during.map(({ status, headers }) => [status, headers.has('retry-after')]),
    Array(4).fill([503, true]),
  );
  equal(((await polled.json()) as { error: string }).error, 'temporarily_unavailable');
  other.exec('ROLLBACK');
  equal(((await (await poll()).json()) as { error: string }).error, 'authorization_pending');
  equal((await decide('approve')).status, 200);
  other.exec('BEGIN EXCLUSIVE');
  equal((await poll()).status, 503);
  other.exec('ROLLBACK');
  equal((await poll()).status, 200);
});

const tables = ['user', 'admins', 'sessions', 'api_token', 'invitation', 'fact', 'attempts', 'told', 'probe'];
const plain = (name: string): string => name;
const spoilt = (name: string): string => `spoilt_${name}`;

function renameTables(from: (name: string) => string, to: (name: string) => string): void {
  other.exec('PRAGMA legacy_alter_table = ON');
  for (const name of tables) other.exec(`ALTER TABLE ${from(name)} RENAME TO ${to(name)}`);
}

test('a database that cannot be read: no credential passes, what is public does, and it goes on afterwards', async () => {
  const held = await heldOpen(gateway.address, access);
  const credentials = { bearer, access, session: { cookie: admin.jar.header } };
  for (const headers of Object.values(credentials)) equal((await get('/', headers)).status, 200);
  renameTables(plain, spoilt);
  await closedWithin(1000, held);
  for (const [name, headers] of Object.entries(credentials)) {
    await isOutage(name, await get('/', headers));
    await isOutage(name, await get(api('session'), headers));
    await isOutage(name, await get('/operator', headers));
  }
  for (const [name, ask] of Object.entries(writers)) {
    const answer = await ask();
    ok(answer.status === 503, `${name} answered ${answer.status}`);
  }
  await isReady(false);
  equal((await get('/health')).status, 200);
  equal((await get('/')).status, 401);
  renameTables(spoilt, plain);
  await isReady(true);
  for (const headers of Object.values(credentials)) equal((await get('/', headers)).status, 200);
  equal((await writers['signing in by the form']?.())?.status, 303);
});

test('a database file that was taken away: told, and whole again when it is back', async () => {
  const path = join(gateway.dataDir, 'gatewarden.db');
  await rename(path, `${path}.away`);
  await isReady(false);
  await rename(`${path}.away`, path);
  await isReady(true);
});

test('a store that cannot answer opens no socket, and shows a browser a page that says so', async () => {
  const held = await heldOpen(gateway.address, bearer);
  renameTables(plain, spoilt);
  // Until then what is remembered may still be believed: the file is looked at four times a second.
  await closedWithin(1000, held);
  const lines = ['Host: 127.0.0.1', 'Sec-Fetch-Mode: navigate', 'Accept: text/html', `Cookie: ${admin.jar.header}`];
  const heard = await rawRequest(gateway.port, `GET / HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`);
  match(heard, /^HTTP\/1\.1 503 /);
  match(heard, /\r\nRetry-After: \d+\r\n/i);
  match(heard, /\r\nContent-Type: text\/html/i);
  await heldOpen(gateway.address, bearer).then(
    () => ok(false, 'a socket was opened'),
    () => undefined,
  );
  renameTables(spoilt, plain);
  for (const one of await heldOpen(gateway.address, bearer)) one.letGo();
});
