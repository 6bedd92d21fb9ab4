import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { setupTokenOf } from '../support/setup-link.ts';
import { password, site } from './site.ts';

test('the setup link makes the first admin, signs them in, and works once', async () => {
  await using here = await site();
  const token = (await setupTokenOf(here.gate)) ?? '';
  const visitor = here.client();
  const shown = await visitor.send('/auth/setup');
  equal(shown.status, 200);
  match(await shown.text(), /name="token" value=""/);
  const made = await visitor.form('/auth/setup', { token, username: 'ada', password });
  deepEqual([made.status, made.headers.get('location')], [303, '/']);
  const seen = (await (await visitor.send('/auth/api/v1/session')).json()) as Record<string, unknown>;
  deepEqual([seen.user, seen.role], ['ada', 'admin']);
  equal((await here.client().send('/auth/setup')).status, 404);
  equal((await here.client().form('/auth/setup', { token, username: 'eve', password })).status, 404);
});

test('a wrong token makes nobody', async () => {
  await using here = await site();
  for (const token of ['', 'x', `${await setupTokenOf(here.gate)}x`]) {
    const answer = await here.client().form('/auth/setup', { token, username: 'eve', password });
    equal(answer.status, 401);
    const page = await answer.text();
    match(page, /id="token-hint">This setup token is not right/);
    match(page, /name="token" value=""/);
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
  match(page, /id="password-hint"[^>]*>The password must have/);
  match(page, new RegExp(`value="${token}"`));
});

test('a second password that differs is told at its field, and makes nobody', async () => {
  await using here = await site();
  const token = (await setupTokenOf(here.gate)) ?? '';
  const form = { token, username: 'ada', password, password_again: 'another lamp entirely' };
  const answer = await here.client().form('/auth/setup', form);
  equal(answer.status, 400);
  match(await answer.text(), /id="password-again-hint"[^>]*>The second password is not the same as the first\./);
  equal(await here.gate.users.get('ada'), undefined);
  equal((await here.client().form('/auth/setup', { ...form, password_again: password })).status, 303);
});

test('the first admin comes from our own page only', async () => {
  await using here = await site();
  const token = (await setupTokenOf(here.gate)) ?? '';
  const headers = { origin: 'null' };
  const body = new URLSearchParams({ token, username: 'eve', password });
  equal((await here.client().send('/auth/setup', { method: 'POST', headers, body })).status, 403);
  notEqual(await setupTokenOf(here.gate), undefined);
});

test('the link carries the token where no server sees it', async () => {
  await using here = await site();
  match(
    (await here.gate.setupLink('https://app.example/auth')) ?? '',
    /^https:\/\/app\.example\/auth\/setup#token=[\w-]{32}$/,
  );
  const token = (await setupTokenOf(here.gate)) ?? '';
  const page = await (await here.client().send(`/auth/setup?token=${token}`)).text();
  equal(page.includes(token), false);
});

test('until there is an admin the sign-in page says so, and where one is made', async () => {
  await using here = await site();
  const shown = async () => (await here.client().send('/auth/login')).text();
  const failed = async () => (await here.client().form('/auth/login', { username: 'ada', password: 'x' })).text();
  for (const page of [await shown(), await failed()]) match(page, /no administrator yet.*href="\/auth\/setup"/s);
  const token = (await setupTokenOf(here.gate)) ?? '';
  equal((await here.client().form('/auth/setup', { token, username: 'root', password })).status, 303);
  for (const page of [await shown(), await failed()]) equal(/no administrator|\/auth\/setup/.test(page), false);
});

test('the first sign-in of the first admin is in the audit log, with its door', async () => {
  await using here = await site();
  const token = (await setupTokenOf(here.gate)) ?? '';
  await here.client().form('/auth/setup', { token, username: 'root', password });
  const { items } = await here.gate.audit.list({ event: 'login.succeeded' });
  deepEqual(
    items.map(({ actor, detail }) => [actor, detail]),
    [['root', { door: 'setup', method: 'setup-token' }]],
  );
});
