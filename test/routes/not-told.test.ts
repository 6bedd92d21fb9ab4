import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Client } from '../support/http.ts';
import { type SilentSite, silentSite } from './silent-site.ts';

const password = 'a lamp among quiet herons';
const other = 'a ladder beside warm rivers';
const proven = { current_password: password };

type Given = Readonly<{
  admin: Client;
  user: Client;
  program: Client;
  token: string;
  access: string;
  otherSession: string;
}>;
type Call = (given: Given) => Promise<Response>;

const api = (path: string): string => `/auth/api/v1/${path}`;
const by = (token: string) => ({ authorization: `Bearer ${token}` });
const remove = (one: Client, path: string, body?: object, headers?: Record<string, string>): Promise<Response> =>
  body === undefined
    ? one.send(api(path), { method: 'DELETE', ...(headers && { headers }) })
    : one.json(api(path), body, { method: 'DELETE', ...(headers && { headers }) });

/** What must not work any more though the call was answered with 503. */
type Ended = (given: Given, here: SilentSite) => Promise<Response>;

const session: Ended = ({ user }) => user.send(api('session'));
const byToken: Ended = ({ token }, here) => here.client().send(api('session'), { headers: by(token) });
const byAccess: Ended = ({ access }, here) => here.client().send(api('session'), { headers: by(access) });

/** `again`: the status of the repetition, made with the same credential although it may have ended. */
const calls: readonly (readonly [title: string, call: Call, ended: Ended, again: number])[] = [
  ['sign-out', ({ user }) => user.form('/auth/logout', {}), session, 303],
  ['sign-out everywhere', ({ user }) => user.form('/auth/logout', { all: 'true' }), byAccess, 303],
  ['DELETE of the session', ({ program, access }) => remove(program, 'session', undefined, by(access)), byAccess, 204],
  ['the end of another session', ({ user, otherSession }) => remove(user, `sessions/${otherSession}`), byAccess, 204],
  [
    'the end of the own session by its id',
    ({ program, access, otherSession }) => remove(program, `sessions/${otherSession}`, undefined, by(access)),
    byAccess,
    204,
  ],
  ['the revocation of a token', ({ user }) => remove(user, 'tokens/ci', proven), byToken, 204],
  [
    'the revocation of a token by itself',
    ({ program, token }) => remove(program, 'tokens/ci', undefined, by(token)),
    byToken,
    204,
  ],
  ['a deactivation', ({ admin }) => edited(admin, { active: false }), session, 200],
  ['a new password by an admin', ({ admin }) => edited(admin, { password: other }), session, 200],
  ['the end of all that a user holds', ({ admin }) => admin.json(api('users/bob/end'), proven), byToken, 204],
];

const changedBy = (user: Client): Promise<Response> =>
  user.json(api('account/password'), { ...proven, new_password: other }, { method: 'PUT' });
const edited = (admin: Client, edit: object): Promise<Response> =>
  admin.json(api('users/bob'), { ...edit, ...proven }, { method: 'PATCH' });

/** Sends a form as a browser does; `fetch` cannot say that it navigates. */
async function posted(address: string, { jar }: Client, fields: Record<string, string>) {
  const headers = {
    ...{ accept: 'text/html', cookie: jar.header, origin: new URL(address).origin },
    ...{ 'sec-fetch-mode': 'navigate', 'content-type': 'application/x-www-form-urlencoded' },
  };
  const sent = request(address, { method: 'POST', headers, agent: false }).end(String(new URLSearchParams(fields)));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  return { status: answer.statusCode, type: answer.headers['content-type'], text };
}

async function isApplied(answer: Response): Promise<void> {
  deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2']);
  const body = (await answer.json()) as { code: string; applied: boolean };
  deepEqual([body.code, body.applied], ['store_unavailable', true]);
}

const isAuthenticated = async (answer: Response): Promise<boolean> =>
  ((await answer.json()) as { authenticated?: boolean }).authenticated ?? false;

describe('a change that cannot be told to the other instances', () => {
  let here: SilentSite;
  let given: Given;

  beforeEach(async () => {
    here = await silentSite((app, { authenticate }) => {
      app.post('/out', authenticate(), (req, res, next) => {
        req.logout((error) => (error ? next(error) : res.send('signed out')));
      });
    });
    for (const [username, role] of [['ada', 'admin'] as const, ['bob', 'user'] as const]) {
      equal((await here.gate.users.create({ username, password, role })).ok, true);
    }
    given = await signedIn();
  });
  afterEach(() => here[Symbol.asyncDispose]());

  async function signedIn(): Promise<Given> {
    const [admin, user] = [here.client(), here.client()];
    await admin.form('/auth/login', { username: 'ada', password });
    await user.form('/auth/login', { username: 'bob', password });
    const made = (await (await user.json(api('tokens'), { name: 'ci', ...proven })).json()) as { token: string };
    const pair = await here.client().json(api('login'), { username: 'bob', password });
    const { token: access } = (await pair.json()) as { token: string };
    const list = await (await user.send(api('sessions'))).json();
    const { items } = list as { items: { id: string; current: boolean }[] };
    const otherSession = items.find(({ current }) => !current)?.id ?? '';
    return { admin, user, program: here.client(), token: made.token, access, otherSession };
  }

  for (const [title, call, ended, again] of calls) {
    it(`is made by ${title}, answered with 503 that says so, and told by its repetition`, async () => {
      const { header } = given.user.jar;
      equal((await ended(given, here)).status, 200);
      here.bus.mute = true;
      await isApplied(await call(given));
      equal(await isAuthenticated(await ended(given, here)), false);
      here.bus.mute = false;
      here.bus.told.length = 0;
      // The repetition is sent with the same cookie, also when the browser was told to clear it.
      for (const pair of header.split('; '))
        given.user.jar.keep(new Response(null, { headers: { 'set-cookie': pair } }));
      equal((await call(given)).status, again);
      notEqual(here.bus.told.length, 0);
      equal(await isAuthenticated(await ended(given, here)), false);
    });
  }

  it('is made by a change of the own password: the session that made it goes on', async () => {
    here.bus.mute = true;
    await isApplied(await changedBy(given.user));
    equal(await isAuthenticated(await byAccess(given, here)), false);
  });

  it('is made by a role change: the new role counts', async () => {
    here.bus.mute = true;
    await isApplied(await edited(given.admin, { role: 'viewer' }));
    equal(((await (await session(given, here)).json()) as { role: string }).role, 'viewer');
    here.bus.mute = false;
    equal((await edited(given.admin, { role: 'viewer' })).status, 200);
  });

  it('is made by the deletion of the user', async () => {
    here.bus.mute = true;
    await isApplied(await remove(given.admin, 'users/bob', proven));
    for (const ended of [session, byToken, byAccess]) equal(await isAuthenticated(await ended(given, here)), false);
    here.bus.mute = false;
    here.bus.told.length = 0;
    equal((await remove(given.admin, 'users/bob', proven)).status, 204);
    notEqual(here.bus.told.length, 0);
  });

  it('is repeated with an ended token for the name of that token only, and not for a new one of its name', async () => {
    const removed = (name: string) => remove(given.program, `tokens/${name}`, undefined, by(given.token));
    equal((await removed('ci')).status, 204);
    equal((await given.user.json(api('tokens'), { name: 'ci', ...proven })).status, 201);
    equal((await removed('other')).status, 401);
    equal((await removed('ci')).status, 204);
    const { items } = (await (await given.user.send(api('tokens'))).json()) as { items: unknown[] };
    equal(items.length, 1);
    equal((await remove(here.client(), 'tokens/ci')).status, 401);
    const stranger = by(`${given.token.slice(0, -1)}${given.token.endsWith('0') ? '1' : '0'}`);
    equal((await remove(here.client(), 'tokens/ci', undefined, stranger)).status, 401);
  });

  it('is a page for a browser, which says that the change stands', async () => {
    here.bus.mute = true;
    const { status, type, text } = await posted(`${here.address}/auth/account/revoke-token`, given.user, {
      name: 'ci',
      ...proven,
    });
    deepEqual([status, type], [503, 'text/html; charset=utf-8']);
    match(text, /The change is made\..*stands/s);
  });

  it('is 503 from an app whose req.logout passes the error on, and recorded', async () => {
    here.bus.mute = true;
    const answer = await given.user.send('/out', { method: 'POST' });
    deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2']);
    const { items } = await here.gate.audit.list({ actor: 'bob', event: 'logout' });
    equal(items.length, 1);
    equal((await given.user.send(api('session'))).status, 401);
  });
});
