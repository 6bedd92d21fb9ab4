import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ManyHosts, manyHosts, password, prefix, type Reply, signIn } from '../support/many-hosts.ts';

let here: ManyHosts;
before(async () => {
  here = await manyHosts({
    mode: 'each-host',
    options: { cookieDomain: 'example.com', allowedHosts: ['auth.example.com', 'app.example.com', 'wiki.example.org'] },
  });
  await here.addUser('ada');
});
after(() => here[Symbol.asyncDispose]());

const end = (trail: readonly Reply[]): string => trail.at(-1)?.text ?? '';

test('a host in the COOKIE_DOMAIN leads straight to the form at PUBLIC_URL and back', async () => {
  const browser = here.browser();
  const trail = await browser.visit(`${here.at('app.example.com')}/page?a=1`);
  const next = encodeURIComponent('https://app.example.com/page?a=1');
  deepEqual(
    trail.map(({ url }) => url),
    ['https://app.example.com/page?a=1', `https://auth.example.com${prefix}/login?next=${next}`],
  );
  match(end(trail), /to continue to <strong><bdi>app.example.com</);
  match(String(trail.at(-1)?.headers['content-security-policy']), /form-action 'self' https:\/\/app\.example\.com;/);
  equal(end(await signIn(browser, trail, { username: 'ada' })), 'app.example.com /page?a=1 ada');
  match(browser.cookies[0]?.line ?? '', /^__Secure-gatewarden=.*; Domain=example\.com; .*Secure/);
});

test('the sign-in page of such a host leads to that at PUBLIC_URL, and on when there is a session', async () => {
  const browser = here.browser();
  const login = `${here.at('app.example.com')}${prefix}/login?next=%2Fb`;
  const trail = await browser.visit(login);
  const next = encodeURIComponent('https://app.example.com/b');
  equal(trail.at(-1)?.url, `https://auth.example.com${prefix}/login?next=${next}`);
  equal(end(await signIn(browser, trail, { username: 'ada' })), 'app.example.com /b ada');
  equal((await browser.go(login)).headers.location, '/b');
  equal((await browser.go(trail.at(-1)?.url ?? '')).headers.location, 'https://app.example.com/b');
});

test('a guard of an Express app leads there, too', async () => {
  const next = encodeURIComponent('https://app.example.com/guarded');
  const { status, headers } = await here.browser().go(`${here.at('app.example.com')}/guarded`);
  deepEqual([status, headers.location], [303, `https://auth.example.com${prefix}/login?next=${next}`]);
});

test('sign-out at one of them is sign-out at all', async () => {
  const browser = here.browser();
  await signIn(browser, await browser.visit(`${here.at('app.example.com')}/`), { username: 'ada' });
  const out = await browser.post(`${here.at('app.example.com')}${prefix}/logout`, {});
  match(end(await browser.follow(out)), /You are signed out/);
  deepEqual(browser.cookies, []);
  equal((await browser.go(`${here.at('auth.example.com')}/`)).status, 303);
});

test('a host outside of it has the form itself', async () => {
  const browser = here.browser();
  const trail = await browser.visit(`${here.at('wiki.example.org')}/`);
  equal(trail.at(-1)?.url, `https://wiki.example.org${prefix}/login?next=%2F`);
  match(end(trail), /name="password"/);
});

const elsewhere = [
  'https://evil.example/',
  'https://app.example.com.evil.example/',
  'https://app.example.com@evil.example/',
  'https://other.example.com/',
  'https://wiki.example.org/',
  'http://app.example.com/',
  'https://app.example.com:8443/',
  'https://app.example.com//evil.example/',
  'https://app.example.com/%2e%2e/%2e%2e//evil.example',
  'https:\\\\app.example.com\\',
  '//app.example.com/',
];

for (const next of elsewhere) {
  test(`${next} is no place to go to after sign-in`, async () => {
    const browser = here.browser();
    const login = `${here.at('auth.example.com')}${prefix}/login`;
    const form = await browser.go(`${login}?next=${encodeURIComponent(next)}`);
    match(form.text, /name="next" value="\/"/);
    match(String(form.headers['content-security-policy']), /form-action 'self';/);
    const sent = await browser.post(login, { username: 'ada', password, next });
    deepEqual([sent.status, sent.headers.location], [303, '/']);
    equal((await browser.go(`${login}?next=${encodeURIComponent(next)}`)).headers.location, '/');
  });
}

test('fetch and other calls of scripts get the status, and no redirect', async () => {
  const { status, headers } = await here
    .browser()
    .go(`${here.at('app.example.com')}/`, { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' });
  deepEqual([status, headers.location], [401, undefined]);
});
