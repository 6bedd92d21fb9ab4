import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { setupTokenOf } from '../support/setup-link.ts';
import { password, site } from './site.ts';

test('the setup link makes the first admin, signs them in, and works once', async () => {
  await using here = await site();
  const token = (await setupTokenOf(here.gate)) ?? '';
  const visitor = here.client();
  const shown = await visitor.send(`/auth/setup?token=${token}`);
  equal(shown.status, 200);
  match(await shown.text(), new RegExp(`name="token" value="${token}"`));
  const made = await visitor.form('/auth/setup', { token, username: 'ada', password });
  deepEqual([made.status, made.headers.get('location')], [303, '/']);
  const seen = (await (await visitor.send('/auth/api/v1/session')).json()) as Record<string, unknown>;
  deepEqual([seen.user, seen.role], ['ada', 'admin']);
  equal((await here.client().send(`/auth/setup?token=${token}`)).status, 404);
  equal((await here.client().form('/auth/setup', { token, username: 'eve', password })).status, 404);
});

test('a wrong token makes nobody', async () => {
  await using here = await site();
  for (const token of ['', 'x', `${await setupTokenOf(here.gate)}x`]) {
    equal((await here.client().send(`/auth/setup?token=${token}`)).status, 401);
    const answer = await here.client().form('/auth/setup', { token, username: 'eve', password });
    equal(answer.status, 401);
    match(await answer.text(), /This setup link is not valid/);
  }
  notEqual(await setupTokenOf(here.gate), undefined);
});

test('a bad name and a weak password are told at their fields, and the token is kept', async () => {
  await using here = await site();
  const token = (await setupTokenOf(here.gate)) ?? '';
  const answer = await here.client().form('/auth/setup', { token, username: 'a b', password: 'short' });
  equal(answer.status, 400);
  const page = await answer.text();
  match(page, /id="username-hint">The username must be/);
  match(page, /id="password-hint">The password must have/);
  match(page, new RegExp(`value="${token}"`));
});

test('the first admin comes from our own page only', async () => {
  await using here = await site();
  const token = (await setupTokenOf(here.gate)) ?? '';
  const headers = { origin: 'null' };
  const body = new URLSearchParams({ token, username: 'eve', password });
  equal((await here.client().send('/auth/setup', { method: 'POST', headers, body })).status, 403);
  notEqual(await setupTokenOf(here.gate), undefined);
});
