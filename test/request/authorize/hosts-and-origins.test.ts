import { deepEqual, equal, throws } from 'node:assert/strict';
import test from 'node:test';
import { cleanUrl } from '../../../lib/request/authorize/clean-url.ts';
import { hostGuard, loopbackHosts } from '../../../lib/request/authorize/hosts.ts';
import { autoLoginMayRead, comesFromOurselves } from '../../../lib/request/authorize/same-origin.ts';
import { incoming } from '../../support/incoming.ts';

type Header = readonly [string, string];

const hosts: readonly (readonly [string, boolean])[] = [
  ['app.example.com', true],
  ['wiki.example.org', true],
  ['a.b.example.org', true],
  ['example.org', false],
  ['evilexample.org', false],
  ['app.example.com.evil.example', false],
  ['xapp.example.com', false],
  ['2001:db8::1', true],
  ['localhost', true],
  ['app.localhost', true],
  ['127.0.0.1', true],
  ['::1', true],
  ['127.0.0.2', false],
  ['', false],
];

for (const [hostname, expected] of hosts) {
  test(`the host "${hostname}" is ${expected ? '' : 'not '}served`, () => {
    const guard = hostGuard(['App.Example.com.', '*.example.org', '[2001:DB8:0::1]', ...loopbackHosts]);
    equal(guard(hostname), expected);
  });
}

for (const pattern of ['a:80', 'https://a', '*', 'a.*', '*a.b', '', 'a b', '*.']) {
  test(`the allowed host "${pattern}" is refused`, () => throws(() => hostGuard([pattern]), TypeError));
}

const own = { proto: 'https', host: 'app.example.com' };
const site = (value: string): Header => ['Sec-Fetch-Site', value];
const origin = (value: string): Header => ['Origin', value];
const others = ['https://partner.example'];

const origins: readonly (readonly [string, readonly Header[], boolean])[] = [
  ['our own page, as the browser says', [site('same-origin')], true],
  ['the address bar', [site('none')], true],
  ['another site', [site('cross-site')], false],
  ['another host of the site', [site('same-site')], false],
  ['another site that names our origin', [site('cross-site'), origin('https://app.example.com')], false],
  ['a doubled Sec-Fetch-Site', [site('same-origin'), site('cross-site')], false],
  ['an empty Sec-Fetch-Site', [site(''), origin('https://app.example.com')], false],
  ['an old browser on our page', [origin('https://app.example.com')], true],
  ['our origin with its default port', [origin('https://app.example.com:443')], true],
  ['our origin in another case', [origin('https://APP.example.com')], true],
  ['another scheme', [origin('http://app.example.com')], false],
  ['another port', [origin('https://app.example.com:8443')], false],
  ['another host', [origin('https://evil.example')], false],
  ['a host that begins like ours', [origin('https://app.example.com.evil.example')], false],
  ['null', [origin('null')], false],
  ['null on a route that allows others', [site('cross-site'), origin('null')], false],
  ['neither header', [], false],
  ['two origins', [origin('https://app.example.com'), origin('https://evil.example')], false],
  ['a further origin of the route', [site('cross-site'), origin('https://partner.example')], true],
  ['a further origin in an old browser', [origin('https://partner.example')], true],
];

for (const [name, headers, expected] of origins) {
  test(`an unsafe request of ${name} is ${expected ? 'ours' : 'refused'}`, () => {
    equal(comesFromOurselves(incoming({ method: 'POST', headers }), own, others), expected);
  });
}

const mode = (value: string): Header => ['Sec-Fetch-Mode', value];
const destination = (value: string): Header => ['Sec-Fetch-Dest', value];
const reads: readonly (readonly [string, readonly Header[], boolean])[] = [
  ['plain http, which says nothing', [], true],
  ["our own page's fetch on plain http", [origin('https://app.example.com')], true],
  ["another site's fetch on plain http", [origin('http://evil.example')], false],
  ["another site's fetch on plain http, from a frame without an origin", [origin('null')], false],
  ['our own page', [site('same-origin'), mode('cors')], true],
  ["another site's fetch", [site('cross-site'), mode('cors'), destination('empty')], false],
  ["another site's picture", [site('cross-site'), mode('no-cors'), destination('image')], false],
  ["another site's frame", [site('cross-site'), mode('navigate'), destination('iframe')], false],
  ["another site's link", [site('cross-site'), mode('navigate'), destination('document')], true],
  ["another site's WebSocket", [site('cross-site'), mode('websocket'), destination('websocket')], false],
  ['a doubled header', [site('cross-site'), site('same-origin')], false],
];

for (const [name, headers, expected] of reads) {
  test(`auto-login ${expected ? 'answers' : 'does not answer'} ${name}`, () => {
    equal(autoLoginMayRead(incoming({ headers }), own), expected);
  });
}

const cleaned: readonly (readonly [string, string | undefined])[] = [
  ['/a/b?x=%41//', '/a/b?x=%41//'],
  ['/%61dmin', '/admin'],
  ['/%41%2d%2E%5f%7ex?%61', '/A-._~x?%61'],
  ['/a%3bb%23', '/a%3bb%23'],
  ['/caf%c3%a9', '/caf%c3%a9'],
  ['/admin/', '/admin/'],
  ['/Admin;x=1', '/Admin;x=1'],
  ['http://host/%61?b', 'http://host/a?b'],
  ['http://host', 'http://host'],
  ['http://host?b=/%61', 'http://host?b=/%61'],
  ['http://host//admin', undefined],
  ['*', '*'],
  ['//admin', undefined],
  ['/a//b', undefined],
  ['/a//', undefined],
  ['/a/../admin', undefined],
  ['/%2e%2e/admin', undefined],
  ['/a%2fb', undefined],
  ['/a%5cb', undefined],
  ['/%2561', undefined],
  ['/%zz', undefined],
  ['/a\\b', undefined],
  ['/a#b', undefined],
  ['admin', undefined],
  ['', undefined],
];

for (const [url, expected] of cleaned) {
  test(`for Express ${JSON.stringify(url)} is ${expected ?? 'refused'}`, () => {
    const clean = cleanUrl(url);
    deepEqual(clean.ok ? clean.url : undefined, expected);
  });
}
