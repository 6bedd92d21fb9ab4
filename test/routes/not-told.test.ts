import { deepEqual, equal, match } from 'node:assert/strict';
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

const calls: readonly (readonly [title: string, call: Call, ended: Ended])[] = [
  ['sign-out', ({ user }) => user.form('/auth/logout', {}), session],
  ['sign-out everywhere', ({ user }) => user.form('/auth/logout', { all: 'true' }), byAccess],
  ['DELETE of the session', ({ program, access }) => remove(program, 'session', undefined, by(access)), byAccess],
  ['the end of another session', ({ user, otherSession }) => remove(user, `sessions/${otherSession}`), byAccess],
  ['the revocation of a token', ({ user }) => remove(user, 'tokens/ci', proven), byToken],
  ['a password change', ({ user }) => changedBy(user), byAccess],
  ['a deactivation', ({ admin }) => edited(admin, { active: false }), session],
  ['a new password by an admin', ({ admin }) => edited(admin, { password: other }), session],
  ['the deletion of the user', ({ admin }) => remove(admin, 'users/bob', proven), session],
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

  for (const [title, call, ended] of calls) {
    it(`is made by ${title}, and answered with 503 that says so`, async () => {
      equal((await ended(given, here)).status, 200);
      here.bus.mute = true;
      const answer = await call(given);
      deepEqual([answer.status, answer.headers.get('retry-after')], [503, '2']);
      const body = (await answer.json()) as { code: string; applied: boolean };
      deepEqual([body.code, body.applied], ['store_unavailable', true]);
      const state = await (await ended(given, here)).json();
      equal((state as { authenticated?: boolean }).authenticated ?? false, false);
    });
  }

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
