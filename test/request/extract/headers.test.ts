import { equal } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { withoutCookies } from '../../../lib/net/cookies.ts';
import { isNavigation } from '../../../lib/request/extract/navigation.ts';
import { isReservedHeader } from '../../../lib/request/extract/reserved-headers.ts';
import { incoming } from '../../support/incoming.ts';

const reserved = [
  'X-Gatewarden-Assertion',
  'x-gatewarden-proxy-secret',
  'X-Forwarded-User',
  'X-Forwarded-For',
  'Forwarded',
  'X-Real-IP',
  'X-Auth-Request-Email',
  'X-authentik-username',
  'Remote-User',
  'X-Remote-User',
  'X-WebAuth-User',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-HTTP-Method',
  'X-HTTP-Method-Override',
  'X-Method-Override',
  'CF-Access-Jwt-Assertion',
  'X-Goog-Authenticated-User-Email',
  'X-Goog-IAP-JWT-Assertion',
  'X-Amzn-Oidc-Data',
  'X-MS-Client-Principal',
  'X-MS-Client-Principal-Name',
  'X-MS-Token-AAD-Id-Token',
  'SSL-Client-Verify',
  'SSL-Client-S-DN',
  'X-SSL-Client-Cert',
];

test('a reserved header is reserved in every spelling', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...reserved),
      fc.infiniteStream(fc.constantFrom('-', '_', '.')),
      fc.infiniteStream(fc.boolean()),
      (name, signs, uppers) => {
        const spelt = [...name]
          .map((letter) =>
            letter === '-' ? signs.next().value : uppers.next().value ? letter.toUpperCase() : letter.toLowerCase(),
          )
          .join('');
        equal(isReservedHeader(spelt), true, spelt);
      },
    ),
  );
});

const usual = [
  'Host',
  'Range',
  'Referer',
  'Remote',
  'From',
  'X-Request-Id',
  'X-Requested-With',
  'X-Rewrite',
  'X-Real',
  'Cookie',
  'Authorization',
  'XForwardedFor',
  'CF-Ray',
  'X-Goog-Meta',
  'X-Ms-Version',
  'X-Amzn-Trace-Id',
  'SSL',
  '',
  'x',
  'r',
  'f',
];
for (const name of usual)
  test(`${name || 'the empty name'} is not reserved`, () => equal(isReservedHeader(name), false));

const cookies: readonly (readonly [string, string, string | undefined])[] = [
  ['nothing of ours', 'a=1; b=2', 'a=1; b=2'],
  ['ours alone', 'gatewarden=x', undefined],
  ['ours in the middle', 'a=1; gatewarden=x; b="2 3"', 'a=1; b="2 3"'],
  ['ours first', 'gatewarden=x; a=1', 'a=1'],
  ['ours twice, with odd spaces', ' gatewarden =x;a=1;gatewarden=y', 'a=1'],
  ['a second name of ours', '__Host-gatewarden=x; a=1', 'a=1'],
  ['names that only contain ours', 'xgatewarden=1; gatewardenx=2', 'xgatewarden=1; gatewardenx=2'],
  ['our name in a value', 'a=gatewarden', 'a=gatewarden'],
  ['our name without a value', 'gatewarden; a=1', 'a=1'],
];

for (const [name, header, rest] of cookies) {
  test(`cookies for the upstream: ${name}`, () =>
    equal(withoutCookies(header, ['gatewarden', '__Host-gatewarden']), rest));
}

type Header = readonly [string, string];
const html: Header = ['Accept', 'text/html,application/xhtml+xml,*/*;q=0.8'];
const navigations: readonly (readonly [string, string, readonly Header[], boolean])[] = [
  ['a browser that says so', 'GET', [['Sec-Fetch-Mode', 'navigate']], true],
  ['a form that is posted', 'POST', [['Sec-Fetch-Mode', 'navigate'], html], true],
  ['a fetch that accepts HTML', 'GET', [['Sec-Fetch-Mode', 'cors'], html], false],
  ['a WebSocket', 'GET', [['Sec-Fetch-Mode', 'websocket']], false],
  ['an old browser', 'GET', [html], true],
  ['an old browser that posts', 'POST', [html], false],
  ['XHR of an old browser', 'GET', [html, ['X-Requested-With', 'XMLHttpRequest']], false],
  ['a WebSocket of an old browser', 'GET', [html, ['Upgrade', 'websocket']], false],
  ['curl', 'GET', [['Accept', '*/*']], false],
  ['no Accept at all', 'GET', [], false],
  ['HTML last and weighed', 'GET', [['Accept', 'application/json, text/html;q=0.5']], true],
  ['HTML refused', 'GET', [['Accept', 'application/json, text/html;q=0']], false],
  ['a type that begins alike', 'GET', [['Accept', 'text/htmlx']], false],
];

for (const [name, method, headers, expected] of navigations) {
  test(`${name} is ${expected ? 'a' : 'no'} navigation`, () =>
    equal(isNavigation(incoming({ method, headers })), expected));
}
