import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { codeOf, password, site } from '../routes/site.ts';
import { setupTokenOf } from '../support/setup-link.ts';

test('whether a password would be refused is told where somebody may choose one, and to nobody else', async () => {
  await using here = await site();
  const form = { password: 'short' };
  equal((await here.client().form('/auth/password-check', form)).status, 200);
  const token = (await setupTokenOf(here.gate)) ?? '';
  equal((await here.client().form('/auth/setup', { token, username: 'ada', password })).status, 303);
  equal(await codeOf(await here.client().form('/auth/password-check', form)), '403 signup_closed');
  const eve = await here.signedIn('evelyn', 'viewer');
  const ofOwnName = await eve.form('/auth/password-check', { password: 'evelyn.evelyn' });
  deepEqual(await ofOwnName.json(), { problem: 'The password must not be made of your own name.' });
});

test('the page of another site cannot ask whether a password would be refused', async () => {
  await using here = await site();
  const headers = { origin: 'https://evil.example' };
  const body = new URLSearchParams({ password: 'short' });
  const answer = await here.client().send('/auth/password-check', { method: 'POST', headers, body });
  equal(await codeOf(answer), '403 csrf_rejected');
});
