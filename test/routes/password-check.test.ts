import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { password, site } from './site.ts';

const problemOf = async (answer: Response): Promise<unknown> => ((await answer.json()) as { problem: unknown }).problem;

test('what would be refused is told while a password is being chosen', async () => {
  await using here = await site({ signup: 'open' });
  await here.gate.users.create({ username: 'ada', password, role: 'admin' });
  const asked = async (form: Record<string, string>) =>
    problemOf(await here.client().form('/auth/password-check', form));
  deepEqual(
    [
      await asked({ password: 'short' }),
      await asked({ password: 'password1234' }),
      await asked({ password: 'evelyn.evelyn', username: 'evelyn' }),
      await asked({ password: 'evelyn.evelyn', email: 'evelyn@example.com' }),
      await asked({ password: 'nine quiet lanterns drift', username: 'evelyn' }),
      await asked({}),
    ],
    [
      'The password must have at least 12 characters.',
      'The password is one of those that are guessed first.',
      'The password must not be made of your own name.',
      'The password must not be made of your own name.',
      null,
      'The password must not be empty.',
    ],
  );
});

test('it is answered in the language that the browser asks for', async () => {
  await using here = await site();
  const body = new URLSearchParams({ password: 'short' });
  const headers = { 'accept-language': 'de' };
  const answer = await here.client().send('/auth/password-check', { method: 'POST', headers, body });
  equal(await problemOf(answer), 'Das Passwort muss mindestens 12 Zeichen haben.');
});
