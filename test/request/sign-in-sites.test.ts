import { equal } from 'node:assert/strict';
import test from 'node:test';
import { type SignInMode, type SignInWay, signInSites } from '../../lib/request/sign-in-sites.ts';

const publicUrl = 'https://auth.example.com';
const adminUrl = 'https://admin.example.com:8443';
const cookieDomain = 'example.com';
const served = new Set([
  'auth.example.com',
  'app.example.com',
  'wiki.example.org',
  'localhost',
  'app.localhost',
  '::1',
]);

const sites = (settings: Partial<Parameters<typeof signInSites>[0]['settings']>, mode: SignInMode = 'each-host') =>
  signInSites({
    settings: { publicUrl: undefined, adminUrl: undefined, cookieDomain: undefined, ...settings },
    hostIsServed: (hostname) => served.has(hostname),
    mode: () => mode,
  });

const at = (hostname: string, admin = false) => ({ hostname, admin });

const ways: readonly [string, Parameters<typeof sites>, string, SignInWay][] = [
  ['the host of PUBLIC_URL', [{ publicUrl, cookieDomain }], 'auth.example.com', 'here'],
  ['a host in the COOKIE_DOMAIN', [{ publicUrl, cookieDomain }], 'app.example.com', 'shared-cookie'],
  ['a host outside of the COOKIE_DOMAIN', [{ publicUrl, cookieDomain }], 'wiki.example.org', 'here'],
  ['a host that ends like the COOKIE_DOMAIN', [{ publicUrl, cookieDomain }], 'evilexample.com', 'here'],
  ['a host in the COOKIE_DOMAIN that is not served', [{ publicUrl, cookieDomain }], 'x.example.com', 'here'],
  ['loopback, where PUBLIC_URL is elsewhere', [{ publicUrl }, 'public-url'], 'localhost', 'here'],
  ['a host of its own, by sign_in: public-url', [{ publicUrl }, 'public-url'], 'wiki.example.org', 'hand-over'],
  ['the host of PUBLIC_URL, by public-url', [{ publicUrl }, 'public-url'], 'auth.example.com', 'here'],
  ['the COOKIE_DOMAIN, by public-url', [{ publicUrl, cookieDomain }, 'public-url'], 'app.example.com', 'shared-cookie'],
  ['a host without a PUBLIC_URL, by public-url', [{}, 'public-url'], 'wiki.example.org', 'here'],
  [
    'a host over http on a network',
    [{ publicUrl: 'http://auth.example.com' }, 'public-url'],
    'wiki.example.org',
    'here',
  ],
  ['loopback over http', [{ publicUrl: 'http://auth.localhost:8080' }, 'public-url'], 'app.localhost', 'hand-over'],
  [
    'another machine, from loopback',
    [{ publicUrl: 'http://localhost:8080' }, 'public-url'],
    'wiki.example.org',
    'here',
  ],
];

for (const [name, options, hostname, way] of ways) {
  test(`${name}: sign-in is ${way}`, () => equal(sites(...options).wayOf(at(hostname)), way));
}

test('at ADMIN_URL people sign in there where the cookie is shared, and are handed over where it is not', () => {
  const admin = at('admin.example.com', true);
  equal(sites({ publicUrl, adminUrl, cookieDomain }).wayOf(admin), 'here');
  equal(sites({ publicUrl, adminUrl }, 'public-url').wayOf(admin), 'hand-over');
});

test('the sign-in of a host that shares the cookie is at PUBLIC_URL, and leads back to the host', () => {
  const login = sites({ publicUrl, cookieDomain }).urlFor(at('app.example.com'), '/a?b=1&c', '/_gw');
  equal(login, `${publicUrl}/_gw/login?next=${encodeURIComponent('https://app.example.com/a?b=1&c')}`);
});

test('the sign-in of every other host is a path on it', () => {
  equal(sites({ publicUrl, cookieDomain }).urlFor(at('auth.example.com'), '/a', '/_gw'), '/_gw/login?next=%2Fa');
  equal(sites({ publicUrl }, 'public-url').urlFor(at('wiki.example.org'), '/a', '/_gw'), '/_gw/login?next=%2Fa');
  equal(sites({ publicUrl, cookieDomain }).urlFor(undefined, '/a', '/_gw'), '/_gw/login?next=%2Fa');
});

test('a target that is no plain path leads back to the root of its host', () => {
  const login = sites({ publicUrl, cookieDomain }).urlFor(at('app.example.com'), '//evil.example', '/_gw');
  equal(login, `${publicUrl}/_gw/login?next=${encodeURIComponent('https://app.example.com/')}`);
});

test('the port of PUBLIC_URL is that of every host', () => {
  equal(sites({ publicUrl: 'http://auth.localhost:8080' }).originOf('app.localhost'), 'http://app.localhost:8080');
  equal(sites({ publicUrl: 'http://auth.localhost:8080' }).originOf('::1'), 'http://[::1]:8080');
  equal(sites({ publicUrl, adminUrl }).originOf('admin.example.com'), adminUrl);
});

const accepted = [
  '/a?b',
  'https://app.example.com/a?b=https://evil.example',
  'https://app.example.com',
  'https://auth.example.com/',
  'https://admin.example.com:8443/_gatewarden/account',
];

for (const next of accepted) {
  test(`sign-in leads on to ${next}`, () =>
    equal(sites({ publicUrl, adminUrl, cookieDomain }).nextOf(next, 'no'), next));
}

const refused = [
  'https://evil.example/',
  'http://app.example.com/',
  'https://app.example.com:8443/',
  'https://app.example.com:443/',
  'https://app.example.com./',
  'https://APP.example.com/',
  'https://other.example.com/',
  'https://wiki.example.org/',
  'https://app.example.com@evil.example/',
  'https://evil.example#app.example.com/',
  'https://evil.example?app.example.com/',
  'https://evil.example\\.app.example.com/',
  'https://app.example.com\\@evil.example/',
  'https:/app.example.com/',
  'https:app.example.com/',
  'https:///app.example.com/',
  '//app.example.com/',
  'https://app.example.com//evil.example',
  'https://app.example.com/%2f/evil.example',
  'https://app.example.com/..//evil.example',
  'https://app.example.com/\r\nSet-Cookie: a=b',
  'https://app.example.com?next=/',
  'https://app.example.com%2eevil.example/',
  'https://app.example.com%00/',
  'https://аpp.example.com/',
  ' https://app.example.com/',
  'javascript://app.example.com/%0aalert(1)',
  'https://app.example.com:/',
  'https://app.example.com:443:443/',
];

for (const next of refused) {
  test(`sign-in does not lead on to ${JSON.stringify(next)}`, () =>
    equal(sites({ publicUrl, adminUrl, cookieDomain }).nextOf(next, 'no'), 'no'));
}

test('without a COOKIE_DOMAIN sign-in leads to paths of its own host alone', () => {
  equal(sites({ publicUrl }, 'public-url').nextOf('https://wiki.example.org/', 'no'), 'no');
  equal(sites({ publicUrl }).nextOf('https://auth.example.com/', 'no'), 'no');
});
