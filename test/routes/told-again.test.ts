import { deepEqual, equal, ok } from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Client } from '../support/http.ts';
import { type SilentSite, silentSite } from './silent-site.ts';

const password = 'a lamp among quiet herons';
const other = 'a ladder beside warm rivers';
const proven = { current_password: password };

const api = (path: string): string => `/auth/api/v1/${path}`;

describe('a change of a user that could not be told, when the call is repeated', () => {
  let here: SilentSite;
  let admin: Client;
  let user: Client;

  beforeEach(async () => {
    here = await silentSite(() => undefined);
    for (const [username, role] of [['ada', 'admin'] as const, ['bob', 'user'] as const]) {
      equal((await here.gate.users.create({ username, password, role })).ok, true);
    }
    [admin, user] = [here.client(), here.client()];
    await admin.form('/auth/login', { username: 'ada', password });
    await user.form('/auth/login', { username: 'bob', password });
  });
  afterEach(() => here[Symbol.asyncDispose]());

  type Call = () => Promise<Response>;
  const calls: readonly (readonly [title: string, status: number, call: Call])[] = [
    ['deactivation', 200, () => admin.json(api('users/bob'), { active: false, ...proven }, { method: 'PATCH' })],
    ['a lower role', 200, () => admin.json(api('users/bob'), { role: 'viewer', ...proven }, { method: 'PATCH' })],
    ['a new password', 200, () => admin.json(api('users/bob'), { password: other, ...proven }, { method: 'PATCH' })],
    ['deletion', 204, () => admin.json(api('users/bob'), proven, { method: 'DELETE' })],
    ['the end of all', 204, () => admin.json(api('users/bob/end'), proven)],
  ];
  for (const [title, status, call] of calls) {
    it(`is told and answered with ${status}: ${title}`, async () => {
      here.bus.mute = true;
      equal((await call()).status, 503);
      here.bus.mute = false;
      const before = here.bus.told.length;
      equal((await call()).status, status);
      deepEqual(
        here.bus.told.slice(before).map(({ kind }) => kind),
        ['user'],
      );
    });
  }

  const changes: readonly (readonly [with_: string, start: () => Promise<Readonly<Record<string, string>>>])[] = [
    ['a cookie', async () => ({})],
    [
      'an access token',
      async () => {
        const pair = await here.client().json(api('login'), { username: 'bob', password });
        const { token } = (await pair.json()) as { token: string };
        user = here.client();
        return { authorization: `Bearer ${token}` };
      },
    ],
  ];
  for (const [with_, start] of changes) {
    it(`is told and answered with 204: a change of one’s own password with ${with_}, which goes on`, async () => {
      const headers = await start();
      const change = () =>
        user.json(api('account/password'), { ...proven, new_password: other }, { method: 'PUT', headers });
      const state = async () =>
        ((await (await user.send(api('session'), { headers })).json()) as { user: string }).user;
      here.bus.mute = true;
      const untold = await change();
      equal(untold.status, 503);
      equal(((await untold.json()) as { applied: boolean }).applied, true);
      // The answer has brought the cookie of the session's new id.
      equal(await state(), 'bob');
      here.bus.mute = false;
      const before = here.bus.told.length;
      equal((await change()).status, 204);
      ok(here.bus.told.length > before);
      equal(await state(), 'bob');
      equal((await here.client().form('/auth/login', { username: 'bob', password: other })).status, 303);
    });
  }

  it('is no way to guess: without such a change a wrong current password stays wrong', async () => {
    const body = { current_password: other, new_password: password };
    const answer = await user.json(api('account/password'), body, { method: 'PUT' });
    equal(answer.status, 403);
  });
});
