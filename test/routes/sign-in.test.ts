import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { navigate, password, type Site, site } from './site.ts';

let here: Site;
before(async () => {
  here = await site({ loginMaxFailures: 5 });
  await here.gate.users.create({ username: 'ada', password, role: 'admin' });
  await here.gate.users.create({ username: 'pia', password, active: false });
  await here.gate.users.create({ username: 'dan', password });
  await here.gate.users.edit('dan', { active: false });
});
after(() => here[Symbol.asyncDispose]());

const attempt = (fields: Record<string, string>) => here.client().form('/auth/login', fields);

test('a right password is a session and the way to next', async () => {
  const ada = here.client();
  const answer = await ada.form('/auth/login', { username: 'ada', password, next: '/reports?a=1' });
  deepEqual([answer.status, answer.headers.get('location')], [303, '/reports?a=1']);
  const seen = (await (await ada.send('/auth/api/v1/session')).json()) as Record<string, unknown>;
  deepEqual([seen.authenticated, seen.user, seen.role, seen.via], [true, 'ada', 'admin', 'session']);
});

for (const next of [
  '//evil.example',
  '/\\evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '/ok/../..//e',
]) {
  test(`next=${next} is no way out`, async () => {
    const answer = await attempt({ username: 'ada', password, next });
    deepEqual([answer.status, answer.headers.get('location')], [303, '/']);
  });
}

test('an unknown name, a wrong password and nothing at all read alike', async () => {
  const bodies: string[] = [];
  const tries: Record<string, string>[] = [
    { username: 'nobody', password },
    { username: 'nobody', password: 'wrong' },
    { username: 'nobody' },
  ];
  for (const fields of tries) {
    const answer = await attempt(fields);
    equal(answer.status, 401);
    equal(answer.headers.get('www-authenticate'), 'Bearer');
    bodies.push(await answer.text());
  }
  deepEqual(new Set(bodies).size, 1);
  match(bodies[0] ?? '', /<div role="alert" id="problem">.*The name or the password is not right\./s);
});

test('only the right password learns of an account that waits or is disabled', async () => {
  match(await (await attempt({ username: 'pia', password })).text(), /waits for an administrator/);
  match(await (await attempt({ username: 'dan', password })).text(), /is disabled/);
  match(await (await attempt({ username: 'dan', password: 'wrong' })).text(), /not right/);
});

test('too many attempts are 429, with the time to wait', async () => {
  for (let at = 0; at < 5; at += 1) await attempt({ username: 'victim', password: 'wrong' });
  const answer = await attempt({ username: 'victim', password: 'wrong' });
  equal(answer.status, 429);
  match(answer.headers.get('retry-after') ?? '', /^\d+$/);
  const page = await answer.text();
  match(page, /Too many attempts\. Try again in/);
  equal(/data-countdown="(\d+)"/.exec(page)?.[1], answer.headers.get('retry-after'));
});

test('the page is in the language that the browser asks for, with what is wrong', async () => {
  const headers = { 'accept-language': 'de-CH, en;q=0.8' };
  match(await (await here.client().send('/auth/login', { headers })).text(), /<html lang="de".*Benutzername/s);
  const body = new URLSearchParams({ username: 'ada', password: 'wrong' });
  const failed = await here.client().send('/auth/login', { method: 'POST', headers, body });
  match(await failed.text(), /<title>Fehler: Anmelden.*Der Name oder das Passwort ist nicht richtig\./s);
});

test('whoever comes with a session that has ended is told so, and goes on to where they wanted', async () => {
  const ada = here.client();
  await ada.form('/auth/login', { username: 'ada', password });
  const cookie = ada.jar.header;
  await ada.form('/auth/logout', {});
  const told = await navigate(`${here.address}/auth/account`, { cookie });
  deepEqual([told.statusCode, told.headers.location], [303, '/auth/login?next=%2Fauth%2Faccount&ended=1']);
  const shown = await (await here.client().send(told.headers.location ?? '')).text();
  match(shown, /Your session has ended\. Sign in again\./);
  match(shown, /name="next" value="\/auth\/account"/);
  const direct = await fetch(`${here.address}/auth/login`, { headers: { cookie } });
  match(await direct.text(), /Your session has ended/);
  doesNotMatch(await (await here.client().send('/auth/login?next=/auth/account')).text(), /has ended/);
});

test('what was typed is shown again, escaped; the password never', async () => {
  const page = await (await attempt({ username: '"><script>x', password: 'hunter2hunter2', remember: 'true' })).text();
  doesNotMatch(page, /<script>|hunter2/);
  match(page, /value="&quot;&gt;&lt;script&gt;x"/);
  match(page, /name="remember" value="true" checked/);
});

test('fields given twice, or in the query, are as good as none', async () => {
  const twice = await here.client().send('/auth/login?password=x', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `username=ada&password=${encodeURIComponent(password)}&password=${encodeURIComponent(password)}`,
  });
  equal(twice.status, 401);
  const inQuery = await here.client().form(`/auth/login?password=${encodeURIComponent(password)}`, { username: 'ada' });
  equal(inQuery.status, 401);
});

test('a form of another site is refused', async () => {
  const answer = await here.client().send('/auth/login', {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
    body: new URLSearchParams({ username: 'ada', password }),
  });
  equal(answer.status, 403);
  equal(answer.headers.getSetCookie().length, 0);
});

test('remember keeps the cookie beyond the browser', async () => {
  const cookie = async (fields: object) =>
    (await attempt({ username: 'ada', password, ...fields })).headers.getSetCookie().join();
  match(await cookie({ remember: 'true' }), /Expires=/);
  doesNotMatch(await cookie({}), /Expires=|Max-Age=/);
});

test('whoever is signed in already goes on', async () => {
  const ada = here.client();
  await ada.form('/auth/login', { username: 'ada', password });
  const answer = await ada.send('/auth/login?next=/there');
  deepEqual([answer.status, answer.headers.get('location')], [303, '/there']);
});

test('a dead cookie on the sign-in page is dropped, and a sign-in beside it works', async () => {
  const headers = { cookie: 'gatewarden=s%3Adead.beef' };
  const shown = await fetch(`${here.address}/auth/login`, { headers });
  equal(shown.status, 200);
  match(shown.headers.getSetCookie().join(), /gatewarden=;/);
  const body = new URLSearchParams({ username: 'ada', password });
  const signedIn = await fetch(`${here.address}/auth/login`, {
    method: 'POST',
    body,
    headers: { ...headers, origin: here.address },
    redirect: 'manual',
  });
  equal(signedIn.status, 303);
  equal(signedIn.headers.getSetCookie().length, 1);
  match(signedIn.headers.getSetCookie().join(), /gatewarden=s%3A/);
});

test('signing out ends the session on the server and empties the cache', async () => {
  const ada = here.client();
  await ada.form('/auth/login', { username: 'ada', password });
  const cookie = ada.jar.header;
  const answer = await ada.form('/auth/logout', {});
  deepEqual([answer.status, answer.headers.get('location')], [303, '/auth/login?signed_out=1']);
  equal(answer.headers.get('clear-site-data'), '"cache"');
  equal(ada.jar.header, '');
  equal((await fetch(`${here.address}/auth/api/v1/session`, { headers: { cookie } })).status, 401);
  match(await (await ada.send('/auth/login?signed_out=1')).text(), /You are signed out\./);
});

test('all=true signs out everywhere', async () => {
  const [one, other] = [here.client(), here.client()];
  for (const client of [one, other]) await client.form('/auth/login', { username: 'ada', password });
  await one.form('/auth/logout', { all: 'true' });
  equal((await other.send('/auth/api/v1/session')).status, 401);
});

test('another site cannot sign anybody out', async () => {
  const ada = here.client();
  await ada.form('/auth/login', { username: 'ada', password });
  const headers = { origin: 'https://evil.example', 'content-type': 'application/x-www-form-urlencoded' };
  equal((await ada.send('/auth/logout', { method: 'POST', headers, body: '' })).status, 403);
  equal((await ada.send('/auth/api/v1/session')).status, 200);
});

test('the account page names who is signed in and where; without a session it is the sign-in page', async () => {
  const ada = here.client();
  await ada.form('/auth/login', { username: 'ada', password });
  const page = await (await ada.send('/auth/account')).text();
  match(page, /signed in as <strong><bdi>ada<\/bdi>/);
  match(await (await ada.send('/auth/account/devices')).text(), /This device/);
  const stranger = await navigate(`${here.address}/auth/account`);
  deepEqual([stranger.statusCode, stranger.headers.location], [303, '/auth/login?next=%2Fauth%2Faccount']);
  equal((await here.client().send('/auth/account')).status, 401);
  equal((await here.client().send('/auth/')).headers.get('location'), '/auth/account');
});

for (const [title, options, destination] of [
  ['its host', {}, '127.0.0.1:[0-9]+'],
  ['its name', { brandName: 'Harbour <b>Log</b>' }, 'Harbour &lt;b&gt;Log&lt;/b&gt;'],
] as const) {
  test(`the page, and the one after a wrong password, says which service one signs in to: ${title}`, async () => {
    await using named = await site(options);
    const shown = new RegExp(`to continue to <strong><bdi>${destination}</bdi></strong>`);
    match(await (await named.client().send('/auth/login')).text(), shown);
    match(await (await named.client().form('/auth/login', { username: 'ada', password: 'wrong' })).text(), shown);
  });
}
