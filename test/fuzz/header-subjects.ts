import { deepEqual, equal, ok } from 'node:assert/strict';
import { canonicalAddress } from '../../lib/net/addresses.ts';
import { cookieValues, withoutCookies } from '../../lib/net/cookies.ts';
import { isForwardedSyntax } from '../../lib/request/extract/forwarded.ts';
import { parseHost } from '../../lib/request/extract/host.ts';
import { extractor } from '../../lib/request/extract/index.ts';
import { sourceReader } from '../../lib/request/extract/source.ts';
import { presentedClient } from '../../lib/routes/oauth/presented-client.ts';
import { incoming } from '../support/incoming.ts';
import type { Subject } from './subject.ts';

const issuer = 'https://app.example.com/_gatewarden';
const extract = extractor({ cookieName: 'gatewarden', issuer });
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const token = 'gwt_abcdefghijklmnopqrstuvwxyz0123456789';
const jwt = `${base64('{"alg":"none"}')}.${Buffer.from(JSON.stringify({ iss: issuer })).toString('base64url')}.c2ln`;

const ownNames = ['gatewarden', '__Host-gatewarden'];

/** Whatever a request presents is read: as credentials of a known kind, or as malformed with a sentence. */
function checkCredentials(name: string, value: string): void {
  for (const own of [false, true]) {
    const read = extract(
      incoming({
        headers: [
          ['Host', 'localhost'],
          [name, value],
        ],
      }),
      own,
    );
    if (read.kind === 'malformed') ok(read.detail.endsWith('.'));
    else for (const { kind } of read.credentials) ok(['session', 'api-token', 'access-token'].includes(kind));
  }
}

function readCookie(text: string): void {
  extract(
    incoming({
      headers: [
        ['Host', 'localhost'],
        ['Cookie', text],
      ],
    }),
    false,
  );
  for (const name of ownNames) cookieValues(text, name);
  withoutCookies(text, ownNames);
}

function checkCookie(text: string): void {
  checkCredentials('Cookie', text);
  const kept = withoutCookies(text, ownNames);
  for (const name of ownNames) deepEqual(kept === undefined ? [] : cookieValues(kept, name), []);
  const others = (header: string) =>
    header
      .split(';')
      .map((one) => one.trim())
      .filter((one) => one !== '' && !ownNames.includes(one.split('=')[0]?.trim() ?? ''));
  deepEqual(kept === undefined ? [] : others(kept), others(text), 'all other cookies are kept');
}

function checkAuthorization(text: string): void {
  checkCredentials('Authorization', text);
  checkCredentials('X-Gatewarden-Token', text);
  presentedClient({ headers: { authorization: text } }, {});
  presentedClient({ headers: { authorization: `Basic ${base64(text)}` } }, { client_id: text });
}

const publicUrl = 'https://app.example.com';
const readTrusted = sourceReader({ trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'], publicUrl });
const readStranger = sourceReader({ trustedProxies: ['10.0.0.0/8'], publicUrl });
const forwarding = [
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Real-IP',
  'Forwarded',
  'X-Forwarded-Port',
];
const stranger = { ...readStranger(incoming()), forwarded: true };

/** One header of them a text: which one follows from the text. */
function checkForwarded(text: string): void {
  isForwardedSyntax(text);
  const name = forwarding[text.length % forwarding.length] ?? '';
  const req = incoming({
    headers: [
      ['Host', 'localhost'],
      [name, text],
    ],
  });
  deepEqual(readStranger(req), stranger, `${name} of a stranger changes something`);
  const source = readTrusted(req);
  if ('malformed' in source) {
    ok(source.malformed.endsWith('.'));
    return;
  }
  equal(canonicalAddress(source.address), source.address);
  ok(parseHost(source.host) !== undefined, source.host);
  ok(source.proto === 'http' || source.proto === 'https');
}

function checkHost(text: string): void {
  const read = parseHost(text);
  readStranger(incoming({ headers: [['Host', text]] }));
  if (read === undefined) return;
  const { host, hostname } = read;
  equal(host, text.toLowerCase());
  ok(/^[a-z0-9_.-]+$|^[0-9a-f:.]+$/.test(hostname), hostname);
  ok(!hostname.endsWith('.') && !hostname.includes('..'), hostname);
  const again = parseHost(hostname.includes(':') ? `[${hostname}]` : hostname);
  equal(again?.hostname, hostname);
}

const cookiePieces = [
  'gatewarden',
  'gatewarden=',
  '__Host-gatewarden=',
  's%3A',
  's:',
  'abc.def',
  '; ',
  ';',
  'a=b',
  '=',
  '"',
  '%',
  '%00',
  '%zz',
  '%ff',
  'GATEWARDEN=',
  '\t',
  ',',
];
const authorizationPieces = [
  'Bearer ',
  'bearer ',
  'Basic ',
  'BEARER\t',
  'Digest ',
  token,
  jwt,
  base64(`ada:${token}`),
  base64('gws_x:y'),
  ', ',
  'gwt_',
  'gws_',
  'gwr_',
  'gwi_',
  '.',
  '=',
  '~',
  'e30',
  'null',
];
const addressPieces = [
  '10.0.0.1',
  '127.0.0.1',
  '::1',
  '[::1]',
  '::ffff:10.0.0.1',
  ':80',
  ', ',
  ',',
  'for=',
  'for="',
  '"',
  'host=',
  'proto=https',
  'https',
  'http',
  ';',
  'unknown',
  '_hidden',
  '1',
  '.',
  '256',
  '%',
  'localhost',
  'app.example.com',
];
const hostPieces = [
  'localhost',
  'LOCALHOST',
  'app.example.com',
  '.',
  '..',
  ':',
  ':80',
  ':65536',
  ':0',
  '[',
  ']',
  '[::1]',
  '::1',
  '%25',
  '@',
  'xn--',
  '-',
  '_',
  '127.1',
  '0x7f',
  'a',
  'evil.example',
  '/',
  '?',
  '#',
  '\u00f6',
];

export const headerSubjects: readonly Subject[] = [
  { name: 'Cookie', pieces: cookiePieces, run: readCookie, check: checkCookie },
  { name: 'Authorization', pieces: authorizationPieces, run: checkAuthorization, check: checkAuthorization },
  { name: 'Forwarded and X-Forwarded-*', pieces: addressPieces, run: checkForwarded, check: checkForwarded },
  { name: 'Host', pieces: hostPieces, run: checkHost, check: checkHost },
];
