import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import type { Options } from 'gatewarden';
import { password, type Site, site } from './site.ts';

async function withAdmin(options: Options): Promise<Site> {
  const here = await site(options);
  await here.gate.users.create({ username: 'ada', password, role: 'admin' });
  return here;
}

const page = async (answer: Response): Promise<readonly [status: number, text: string]> => [
  answer.status,
  await answer.text(),
];

const mine = 'nine quiet lanterns drift';

test('where sign-up is closed the page says so, and nothing leads to it', async () => {
  await using here = await withAdmin({});
  const [status, text] = await page(await here.client().send('/auth/signup'));
  equal(status, 403);
  match(text, /Sign-up is closed\./);
  equal((await here.client().form('/auth/signup', { username: 'eve', password: mine })).status, 403);
  equal(await here.gate.users.get('eve'), undefined);
  equal((await (await here.client().send('/auth/login')).text()).includes('/auth/signup'), false);
});

test('until there is an admin it is closed, also with SIGNUP=open', async () => {
  await using here = await site({ signup: 'open' });
  equal((await here.client().send('/auth/signup')).status, 403);
  equal((await here.client().form('/auth/signup', { username: 'eve', password: mine })).status, 403);
});

test('an account waits for an administrator, and the page says so', async () => {
  await using here = await withAdmin({ signup: 'open' });
  match(await (await here.client().send('/auth/login')).text(), /No account yet\? <a href="\/auth\/signup">/);
  const visitor = here.client();
  equal((await visitor.send('/auth/signup')).status, 200);
  const answer = await visitor.form('/auth/signup', { username: 'eve', password: mine, email: '', invitation: '' });
  const [status, text] = await page(answer);
  equal(status, 200);
  match(text, /waits for an administrator.*as eve as soon as/s);
  equal(answer.headers.get('set-cookie'), null);
  equal((await here.gate.users.get('eve'))?.state, 'pending');
  match(await (await visitor.form('/auth/login', { username: 'eve', password: mine })).text(), /waits for an admin/);
});

test('with the invitation of an admin one can sign in at once', async () => {
  await using here = await withAdmin({ signup: 'invite' });
  match(
    await (await here.client().send('/auth/login')).text(),
    /Do you have an invitation\? <a href="\/auth\/signup">/,
  );
  const made = await here.gate.invitations.create({ role: 'viewer' });
  const code = made.ok ? made.value.code : '';
  const visitor = here.client();
  const [status, text] = await page(
    await visitor.form('/auth/signup', { username: 'eve', password: mine, invitation: code }),
  );
  equal(status, 200);
  match(text, /Your account is ready\..*as eve\./s);
  equal((await visitor.form('/auth/login', { username: 'eve', password: mine })).status, 303);
  const again = await visitor.form('/auth/signup', { username: 'fay', password: mine, invitation: code });
  deepEqual([again.status, await here.gate.users.get('fay')], [400, undefined]);
});

test('what is wrong stands at its field, and a password is never shown again', async () => {
  await using here = await withAdmin({ signup: 'invite' });
  const form = { username: 'a b', password: 'petite', email: 'no address', invitation: 'gwi_wrong' };
  const [status, text] = await page(await here.client().form('/auth/signup', form));
  equal(status, 400);
  match(text, /id="username-hint">The username must be/);
  match(text, /id="password-hint"[^>]*>The password must have/);
  match(text, /id="email-hint">The e-mail address is not/);
  match(text, /name="invitation" [^>]*value="gwi_wrong"/);
  equal(text.includes('petite'), false);
  equal(text.split(' autofocus').length, 2);
  const wrong = await here.client().form('/auth/signup', { username: 'eve', password: mine, invitation: 'gwi_wrong' });
  match(await wrong.text(), /id="invitation-hint">The invitation cannot be used/);
});

test('the second password is compared, and what is wrong with the first is told at once', async () => {
  await using here = await withAdmin({ signup: 'open' });
  const send = (form: Record<string, string>) => here.client().form('/auth/signup', { username: 'eve', ...form });
  for (const password_again of ['', 'nine quiet lantern drifts']) {
    const [status, text] = await page(await send({ password: mine, password_again }));
    equal(status, 400);
    match(text, /id="password-again-hint"[^>]*>The second password is not the same as the first\./);
    match(text, /id="password-hint"[^>]*>At least 12 characters/);
  }
  const [, text] = await page(await send({ password: 'short', password_again: '' }));
  match(text, /id="password-hint"[^>]*>The password must have at least 12 characters\./);
  equal(await here.gate.users.get('eve'), undefined);
  equal((await send({ password: mine, password_again: mine })).status, 200);
});

test('the focus is on the first field that is wrong, in the order of the page', async () => {
  await using here = await withAdmin({ signup: 'open' });
  const focused = async (answer: Response) =>
    [
      ...(await answer.text()).matchAll(
        /<input[^>]* id="([a-z-]+)"[^>]* autofocus|<input id="([a-z-]+)"[^>]* autofocus/g,
      ),
    ].map(([, one, other]) => one ?? other);
  const send = (form: Record<string, string>) => here.client().form('/auth/signup', { username: 'eve', ...form });
  const [right, wrong] = [
    { password: mine, password_again: mine },
    { password: 'petite', password_again: 'x' },
  ];
  deepEqual(await focused(await here.client().send('/auth/signup')), ['username']);
  deepEqual(await focused(await send({ ...right, email: 'no address' })), ['email']);
  deepEqual(await focused(await send(wrong)), ['password']);
  deepEqual(await focused(await send({ ...right, password_again: '' })), ['password-again']);
  deepEqual(await focused(await send({ ...right, invitation: 'gwi_wrong' })), ['invitation']);
});

test('the page and its problems are in the language that the browser asks for', async () => {
  await using here = await withAdmin({ signup: 'open' });
  const headers = { 'accept-language': 'de' };
  match(await (await here.client().send('/auth/signup', { headers })).text(), /<html lang="de".*Registrieren/s);
  const body = new URLSearchParams({ username: 'Ada', password: mine, password_again: mine });
  const answer = await here.client().send('/auth/signup', { method: 'POST', headers, body });
  match(await answer.text(), /id="username-hint">Der Benutzername ist schon vergeben\./);
});

test('a name that is taken is told at its field', async () => {
  await using here = await withAdmin({ signup: 'open' });
  const [status, text] = await page(await here.client().form('/auth/signup', { username: 'Ada', password: mine }));
  equal(status, 409);
  match(text, /id="username-hint">The username is taken\./);
});

test('the page of another site signs nobody up', async () => {
  await using here = await withAdmin({ signup: 'open' });
  for (const origin of ['https://evil.example', 'null']) {
    const body = new URLSearchParams({ username: 'eve', password: mine });
    const answer = await here.client().send('/auth/signup', { method: 'POST', headers: { origin }, body });
    equal(answer.status, 403);
  }
  equal(await here.gate.users.get('eve'), undefined);
});
