import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type Browser,
  type ManyHosts,
  manyHosts,
  password,
  prefix,
  type Reply,
  signIn,
} from '../support/many-hosts.ts';

let here: ManyHosts;
before(async () => {
  here = await manyHosts();
  for (const name of ['ada', 'bob', 'eve']) await here.addUser(name);
});
after(() => here[Symbol.asyncDispose]());

const places = (trail: readonly Reply[]): string[] => trail.map(({ url }) => url.split('?')[0] ?? '');
const end = (trail: readonly Reply[]): string => trail.at(-1)?.text ?? '';

async function signedIn(username: string, fields: object = {}): Promise<Browser> {
  const browser = here.browser();
  const trail = await browser.visit(`${here.at('wiki.example.org')}/page?a=1`);
  match(
    end(await signIn(browser, trail, { username, ...fields })),
    new RegExp(`^wiki.example.org /page\\?a=1 ${username}$`),
  );
  return browser;
}

test('a host without a session leads to the form at PUBLIC_URL and back to the page, signed in', async () => {
  const browser = here.browser();
  const trail = await browser.visit(`${here.at('wiki.example.org')}/page?a=1&b=%2F`);
  deepEqual(places(trail), [
    'https://wiki.example.org/page',
    'https://wiki.example.org/_gatewarden/login',
    'https://auth.example.com/_gatewarden/hand-over',
    'https://auth.example.com/_gatewarden/login',
  ]);
  match(end(trail), /to continue to <strong><bdi>wiki.example.org</);
  const back = await signIn(browser, trail, { username: 'ada' });
  deepEqual(places(back), [
    'https://auth.example.com/_gatewarden/login',
    'https://auth.example.com/_gatewarden/hand-over',
    'https://wiki.example.org/_gatewarden/hand-over/redeem',
    'https://wiki.example.org/page',
  ]);
  equal(end(back), 'wiki.example.org /page?a=1&b=%2F ada');
});

test('whose session has ended is told so on the form at PUBLIC_URL', async () => {
  const browser = await signedIn('eve');
  await here.gate.sessions.endAll('eve');
  const trail = await browser.visit(`${here.at('wiki.example.org')}/page?a=1`);
  match(end(trail), /Your session has ended\. Sign in again\./);
});

test('signed in once, every other host is signed in without a question, by the same session', async () => {
  const browser = await signedIn('ada');
  const trail = await browser.visit(`${here.at('docs.example.net')}/`);
  equal(end(trail), 'docs.example.net / ada');
  equal((await here.gate.sessions.list('ada')).items.length, 2, 'that of the test before, and this one');
  const ids = browser.cookies.filter(({ name }) => name === '__Host-gatewarden').map(({ value }) => value);
  deepEqual([ids.length, new Set(ids).size], [3, 1]);
});

test('the cookies are of one host each: HttpOnly, Secure, the binding for a quarter of an hour', async () => {
  const browser = await signedIn('bob');
  const atWiki = browser.cookies.filter(({ domain }) => domain === 'wiki.example.org').map(({ line }) => line);
  deepEqual(
    atWiki.map((line) => line.replace(/=[^;]+/, '=…')),
    [
      '__Host-gatewarden-hand-over=…; Path=/; Max-Age=900; HttpOnly; Secure; SameSite=Lax',
      '__Host-gatewarden=…; Path=/; HttpOnly; Secure; SameSite=Lax',
    ],
  );
});

test('to be kept signed in is kept at every host, until the session is over', async () => {
  const browser = await signedIn('bob', { remember: 'true' });
  const { line = '' } =
    browser.cookies.find(({ domain, name }) => domain === 'wiki.example.org' && name === '__Host-gatewarden') ?? {};
  const expires = Date.parse(/Expires=([^;]+)/.exec(line)?.[1] ?? '');
  ok(Math.abs(expires - Date.now() - 30 * 86_400_000) < 60_000, line);
});

test('sign-out at one host ends the session at all of them', async () => {
  const browser = await signedIn('bob');
  await browser.visit(`${here.at('docs.example.net')}/`);
  const asked = await browser.go(`${here.at('docs.example.net')}${prefix}/logout`);
  match(asked.text, /Sign out/);
  const out = await browser.post(`${here.at('docs.example.net')}${prefix}/logout`, {});
  match(end(await browser.follow(out)), /You are signed out/);
  for (const host of ['wiki.example.org', 'docs.example.net', 'auth.example.com']) {
    const trail = await browser.visit(`${here.at(host)}/`);
    equal(trail.at(-1)?.url.split('?')[0], `https://auth.example.com${prefix}/login`, host);
  }
});

test('pages where a password is typed are at PUBLIC_URL alone', async () => {
  const browser = here.browser();
  for (const page of ['/signup', '/setup', '/account', '/device']) {
    const { status, headers } = await browser.go(`${here.at('wiki.example.org')}${prefix}${page}`);
    deepEqual([status, headers.location], [303, `https://auth.example.com${prefix}${page}`]);
  }
  const sent = await browser.post(`${here.at('wiki.example.org')}${prefix}/login`, { username: 'ada', password });
  deepEqual([sent.status, sent.headers['set-cookie']], [421, undefined]);
  match(sent.text, /PUBLIC_URL, https:\/\/auth.example.com, only/);
});

test('the page of a host that is signed in already leads on at once', async () => {
  const browser = await signedIn('ada');
  const { status, headers } = await browser.go(`${here.at('wiki.example.org')}${prefix}/login?next=%2Fb`);
  deepEqual([status, headers.location], [303, '/b']);
});

test('the form may lead on to the host that asked, and to no other', async () => {
  const browser = here.browser();
  const trail = await browser.visit(`${here.at('wiki.example.org')}/`);
  const policy = String(trail.at(-1)?.headers['content-security-policy']);
  match(policy, /form-action 'self' https:\/\/wiki\.example\.org;/);
  const wrong = await signInWrongly(browser, trail);
  equal(wrong.headers['content-security-policy'], policy);
  const plain = await browser.go(`${here.at('auth.example.com')}${prefix}/login`);
  match(String(plain.headers['content-security-policy']), /form-action 'self';/);
});

async function signInWrongly(browser: Browser, trail: readonly Reply[]): Promise<Reply> {
  const [sent] = await signIn(browser, trail, { username: 'nobody', password: 'not the password' });
  if (sent === undefined) throw new Error('no answer');
  equal(sent.status, 401);
  return sent;
}

test('two windows that sign in at the same time both arrive', async () => {
  const browser = here.browser();
  const one = await browser.visit(`${here.at('wiki.example.org')}/one`);
  const other = await browser.visit(`${here.at('wiki.example.org')}/other`);
  equal(end(await signIn(browser, other, { username: 'bob' })), 'wiki.example.org /other bob');
  equal(end(await signIn(browser, one, { username: 'bob' })).split(' ')[1], '/one');
});

test('a target that is too long for a link leads to the root of its host', async () => {
  const browser = here.browser();
  const trail = await browser.visit(`${here.at('wiki.example.org')}/${'%20a'.repeat(400)}`);
  equal(end(await signIn(browser, trail, { username: 'bob' })), 'wiki.example.org / bob');
});

test('a change of sign_in holds from the next request on', async () => {
  const browser = here.browser();
  here.mode = 'each-host';
  const trail = await browser.visit(`${here.at('wiki.example.org')}/`);
  here.mode = 'public-url';
  equal(trail.at(-1)?.url, `https://wiki.example.org${prefix}/login?next=%2F`);
});

test('a cookie with SameSite=Strict arrives all the same: pages go on by themselves', async () => {
  await using strict = await manyHosts({ options: { cookieSamesite: 'strict' } });
  await strict.addUser('ada');
  const browser = strict.browser();
  const trail = await browser.visit(`${strict.at('wiki.example.org')}/page`);
  equal(trail.at(-1)?.url.split('?')[0], `https://auth.example.com${prefix}/hand-over`);
  const bounce = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(end(trail))?.[1]?.replaceAll('&amp;', '&') ?? '';
  const again = await browser.go(new URL(bounce, 'https://auth.example.com').href, { 'sec-fetch-site': 'same-origin' });
  const back = await signIn(browser, await browser.follow(again), { username: 'ada' });
  equal(back.at(-1)?.url.split('?')[0], `https://wiki.example.org${prefix}/hand-over/redeem`);
  match(end(back), /http-equiv="refresh" content="0;url=\/page"/);
  equal(back.at(-1)?.headers['referrer-policy'], 'no-referrer');
  equal((await browser.go(`${strict.at('wiki.example.org')}/page`)).text, 'wiki.example.org /page ada');
});

test('the account page at ADMIN_URL is reached with the same sign-in', async () => {
  const options = {
    adminUrl: 'https://admin.example.net',
    allowedHosts: ['auth.example.com', 'wiki.example.org', 'admin.example.net'],
  };
  await using with_ = await manyHosts({ options });
  await with_.addUser('ada');
  const browser = with_.browser();
  const trail = await browser.visit(`${with_.at('wiki.example.org')}/`);
  await signIn(browser, trail, { username: 'ada' });
  const account = await browser.visit(`${with_.at('wiki.example.org')}${prefix}/account`);
  equal(account.at(-1)?.url, `https://admin.example.net${prefix}/account`);
  match(end(account), /ada/);
  equal((await with_.gate.sessions.list('ada')).items.length, 1);
});

test('after a change of the password the other hosts are signed in again without a question, and old cookies are not', async () => {
  await here.addUser('carol');
  const browser = await signedIn('carol');
  const before = here.browser();
  before.cookies = [...browser.cookies];
  const next = 'seven otters row upstream';
  const change = { current_password: password, new_password: next, new_password_again: next };
  const changed = await browser.post(`${here.at('auth.example.com')}${prefix}/account/password`, change);
  deepEqual([changed.status, changed.headers.location], [303, `${prefix}/account?done=password`]);
  const trail = await browser.visit(`${here.at('wiki.example.org')}/`);
  equal(end(trail), 'wiki.example.org / carol');
  ok(trail.length > 1);
  for (const host of ['wiki.example.org', 'auth.example.com'])
    equal(
      (await before.visit(`${here.at(host)}/`)).at(-1)?.url.split('?')[0],
      `https://auth.example.com${prefix}/login`,
    );
});

test('beside a COOKIE_DOMAIN only the hosts outside of it are handed over, and a sign-out clears the cookie where it is', async () => {
  await using mixed = await manyHosts({ options: { cookieDomain: 'example.com' } });
  await mixed.addUser('ada');
  const browser = mixed.browser();
  const trail = await browser.visit(`${mixed.at('wiki.example.org')}/`);
  equal(end(await signIn(browser, trail, { username: 'ada' })), 'wiki.example.org / ada');
  equal((await browser.go(`${mixed.at('app.example.com')}/`)).text, 'app.example.com / ada');
  const scopes = () => browser.cookies.filter(({ name }) => name === '__Secure-gatewarden').map(({ domain }) => domain);
  deepEqual(scopes(), ['example.com', 'wiki.example.org']);
  equal((await browser.post(`${mixed.at('wiki.example.org')}${prefix}/logout`, {})).status, 303);
  deepEqual(scopes(), ['example.com']);
  await browser.visit(`${mixed.at('app.example.com')}/`);
  deepEqual(scopes(), []);
});
