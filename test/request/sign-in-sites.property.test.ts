import { ok } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { signInSites } from '../../lib/request/sign-in-sites.ts';

const publicUrl = 'https://auth.example.com';
const ours = new Set([publicUrl, 'https://app.example.com', 'https://wiki.example.org']);
const sites = signInSites({
  settings: { publicUrl, adminUrl: undefined, cookieDomain: 'example.com' },
  hostIsServed: (hostname) => ours.has(`https://${hostname}`),
  mode: () => 'public-url',
});

/** What addresses are made of, and what parsers of them read in different ways. */
const pieces = [
  ...[
    'https:',
    'http:',
    'HTTPS:',
    'javascript:',
    '/',
    '//',
    '\\',
    '@',
    ':',
    '.',
    '..',
    '?',
    '#',
    '%2f',
    '%5c',
    '%2e',
    '%00',
  ],
  ...[
    'app.example.com',
    'wiki.example.org',
    'auth.example.com',
    'evil.example',
    'example.com',
    'localhost',
    '443',
    '80',
  ],
  ...['\t', '\r\n', ' ', '\u0000', '\u3002', '\uff0f', '[', ']', '[::1]', 'ａpp', 'a', ';', '&', '=', '"'],
];
const address = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((parts) => parts.join(''));
const begun = fc
  .tuple(fc.constantFrom('', 'https://', 'https://app.example.com', '/'), address)
  .map((parts) => parts.join(''));

/** The origin that a browser goes to from the sign-in page. */
const originOf = (next: string) => new URL(next, `${publicUrl}/_gatewarden/login`).origin;

test('wherever sign-in leads on to, a browser reads it as one of our hosts that share the cookie', () => {
  fc.assert(
    fc.property(begun, (next) => ['https://app.example.com', publicUrl].includes(originOf(sites.nextOf(next)))),
    { numRuns: 30_000 },
  );
});

test('whatever sign-in is handed over to is the origin of a host of ours, as it is written', () => {
  let handedOver = 0;
  fc.assert(
    fc.property(fc.oneof(begun, fc.constant('https://wiki.example.org')), (to) => {
      const hostname = sites.handsOverTo(to);
      if (hostname === undefined) return true;
      handedOver += 1;
      return to === 'https://wiki.example.org' && hostname === 'wiki.example.org';
    }),
    { numRuns: 30_000 },
  );
  ok(handedOver > 0);
});

test('the URL of the sign-in is on the host of the request, or at PUBLIC_URL', () => {
  const hosts = fc.constantFrom('auth.example.com', 'app.example.com', 'wiki.example.org', 'evil.example');
  fc.assert(
    fc.property(hosts, begun, (hostname, target) => {
      const own = `https://${hostname}`;
      const url = new URL(sites.urlFor({ hostname, admin: false }, target, '/_gatewarden'), own);
      const next = new URL(url.searchParams.get('next') ?? '', url);
      return (url.origin === own || url.origin === publicUrl) && (next.origin === own || ours.has(next.origin));
    }),
    { numRuns: 30_000 },
  );
});
