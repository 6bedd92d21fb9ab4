import { deepEqual, equal } from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Client } from '../support/http.ts';
import { type SilentSite, silentSite } from './silent-site.ts';

const password = 'a lamp among quiet herons';
const api = (path: string): string => `/auth/api/v1/${path}`;

type Listed = { items: { id: string; kind: string; current: boolean }[]; next_cursor: string | null };

describe('a sign-out that is repeated with the credential that it ended', () => {
  let here: SilentSite;
  let user: Client;
  let access: Record<string, string>;
  let ids: Record<'browser' | 'api', string>;

  beforeEach(async () => {
    here = await silentSite(() => undefined);
    equal((await here.gate.users.create({ username: 'bob', password })).ok, true);
    user = here.client();
    await user.form('/auth/login', { username: 'bob', password });
    const pair = (await (await here.client().json(api('login'), { username: 'bob', password })).json()) as {
      token: string;
    };
    access = { authorization: `Bearer ${pair.token}` };
    const { items } = (await (await user.send(api('sessions'))).json()) as Listed;
    const idOf = (kind: string) => items.find((one) => one.kind === kind)?.id ?? '';
    ids = { browser: idOf('browser'), api: idOf('api') };
  });
  afterEach(() => here[Symbol.asyncDispose]());

  const remove = (path: string, headers: Record<string, string>) =>
    here.client().send(api(path), { method: 'DELETE', headers });
  const origin = () => ({ origin: here.address });

  const calls: readonly (readonly [
    what: string,
    ended: 'browser' | 'api',
    call: () => Promise<Response>,
    done: number,
  ])[] = [
    ['POST /logout', 'browser', () => withCookie('POST', '/auth/logout'), 303],
    ['POST /logout with all=true', 'browser', () => withCookie('POST', '/auth/logout', 'all=true'), 303],
    ['DELETE session with a cookie', 'browser', () => withCookie('DELETE', api('session')), 204],
    [
      'DELETE sessions/{id} of its own cookie',
      'browser',
      () => withCookie('DELETE', api(`sessions/${ids.browser}`)),
      204,
    ],
    [
      'POST /logout with an access token',
      'api',
      () => here.client().send('/auth/logout', { method: 'POST', headers: access }),
      303,
    ],
    ['DELETE session with an access token', 'api', () => remove('session', access), 204],
    ['DELETE session with X-Gatewarden-Token', 'api', () => remove('session', bare()), 204],
    ['DELETE sessions/{id} of its own access token', 'api', () => remove(`sessions/${ids.api}`, access), 204],
  ];

  let cookie: string;
  beforeEach(() => {
    cookie = user.jar.header;
  });
  const bare = () => ({ 'x-gatewarden-token': access.authorization?.slice('Bearer '.length) ?? '' });

  /** With the cookie as it was: the answer to the first call clears it. */
  function withCookie(method: string, path: string, body = ''): Promise<Response> {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const headers = { cookie, ...origin(), ...(method === 'POST' && type) };
    return here.client().send(path, { method, headers, ...(body !== '' && { body }) });
  }

  for (const [what, ended, call, done] of calls) {
    it(`is told again, and answered like the first: ${what}`, async () => {
      here.bus.mute = true;
      for (let n = 0; n < 2; n += 1) {
        const untold = await call();
        deepEqual([untold.status, ((await untold.json()) as { applied: boolean }).applied], [503, true]);
      }
      here.bus.mute = false;
      for (let n = 0; n < 2; n += 1) {
        equal((await call()).status, done);
        const about = here.bus.told.filter(({ kind, id }) => kind === 'session' && id === ids[ended]);
        equal(about.length, n + 1);
      }
    });
  }

  it('tells the user again after a sign-out everywhere', async () => {
    here.bus.mute = true;
    equal((await withCookie('POST', '/auth/logout', 'all=true')).status, 503);
    here.bus.mute = false;
    const before = here.bus.told.length;
    equal((await withCookie('POST', '/auth/logout', 'all=true')).status, 303);
    deepEqual(
      here.bus.told
        .slice(before)
        .map(({ kind }) => kind)
        .sort(),
      ['session', 'user'],
    );
    const state = await (await here.client().send(api('session'), { headers: access })).json();
    equal((state as { code: string }).code, 'token_revoked');
  });

  it('ends nothing else: another session signs out only with its own credential', async () => {
    equal((await withCookie('POST', '/auth/logout')).status, 303);
    equal((await withCookie('POST', '/auth/logout', 'all=true')).status, 303);
    equal((await withCookie('DELETE', api(`sessions/${ids.api}`))).status, 401);
    equal((await here.client().send(api('session'), { headers: access })).status, 200);
  });

  it('is refused from another site', async () => {
    equal((await withCookie('POST', '/auth/logout')).status, 303);
    const told = here.bus.told.length;
    const headers = { cookie, origin: 'https://evil.example' };
    for (const [method, path] of [
      ['POST', '/auth/logout'],
      ['DELETE', api('session')],
    ] as const) {
      equal((await here.client().send(path, { method, headers })).status, 403);
    }
    equal(here.bus.told.length, told);
  });

  it('is refused with what is not signed by this installation, and without a credential', async () => {
    const id = 'i'.repeat(40);
    const forged = `s:${id}.${createHmac('sha256', 'another').update(id).digest('base64').replace(/=+$/, '')}`;
    const told = here.bus.told.length;
    const name = cookie.split('=')[0];
    for (const headers of [{ cookie: `${name}=${encodeURIComponent(forged)}`, ...origin() }, {}]) {
      equal((await remove('session', headers)).status, 401);
    }
    const [head, body] = access.authorization?.split('.') ?? [];
    equal((await remove('session', { authorization: `${head}.${body}.${'A'.repeat(86)}` })).status, 401);
    equal(here.bus.told.length, told);
  });

  it('revokes no API token', async () => {
    const made = await here.gate.tokens.create('bob', { name: 'ci' });
    const token = made.ok ? made.value.token : '';
    const headers = { authorization: `Bearer ${token}` };
    equal((await remove('session', headers)).status, 404);
    await here.gate.tokens.revoke('bob', 'ci');
    const refused = await remove('session', headers);
    equal(refused.status, 401);
  });
});

describe('the list of sessions', () => {
  it('comes in pages', async () => {
    await using here = await silentSite(() => undefined);
    equal((await here.gate.users.create({ username: 'bob', password })).ok, true);
    const one = here.client();
    for (let n = 0; n < 5; n += 1) await here.client().json(api('login'), { username: 'bob', password });
    await one.form('/auth/login', { username: 'bob', password });
    const page = async (query: string) => (await (await one.send(api(`sessions?${query}`))).json()) as Listed;
    const first = await page('limit=4');
    const second = await page(`limit=4&cursor=${encodeURIComponent(first.next_cursor ?? '')}`);
    deepEqual([first.items.length, second.items.length, second.next_cursor], [4, 2, null]);
    equal(new Set([...first.items, ...second.items].map(({ id }) => id)).size, 6);
    equal((await one.send(api('sessions?limit=0'))).status, 400);
  });
});
