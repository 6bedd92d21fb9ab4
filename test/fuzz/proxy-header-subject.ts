import { deepEqual, equal, ok } from 'node:assert/strict';
import { readProxyHeader } from '../../gateway/listener/proxy-header.ts';
import { canonicalAddress } from '../../lib/net/addresses.ts';
import type { Subject } from './subject.ts';

/** The first bytes of a connection are read alike, in whatever pieces they come and whatever follows. */
function check(text: string): void {
  const bytes = Buffer.from(text, 'latin1');
  const read = readProxyHeader(bytes);
  if (read.kind === 'incomplete') return void ok(bytes.length < 4096, 'no more is read than the longest header');
  if (read.kind !== 'header') return;
  ok(read.length <= bytes.length);
  if (read.address !== undefined) equal(canonicalAddress(read.address), read.address);
  deepEqual(readProxyHeader(Buffer.concat([bytes, Buffer.from('GET / HTTP/1.1\r\n')])), read);
  for (const length of [1, Math.floor(read.length / 2), read.length - 1])
    equal(readProxyHeader(bytes.subarray(0, length)).kind, 'incomplete');
}

const sign = '\r\n\r\n\0\r\nQUIT\n';
const text = [
  'PROXY TCP4 203.0.113.7 192.0.2.1 51234 443\r\n',
  'PROXY UNKNOWN\r\n',
  'PROXY UNKNOWN ',
  'PROXY TCP4 ',
  'PROXY TCP6 ',
];
const addresses = [
  '203.0.113.7 ',
  '192.0.2.1 ',
  '::1 ',
  '::ffff:10.0.0.1 ',
  '2001:db8::1 ',
  '1.2.3 ',
  '999.1.1.1 ',
  '51234 ',
  '443',
  '0',
  '65536',
  '-1',
];
const binary = [
  ...[
    sign,
    `${sign}\x21\x11\0\x0c`,
    `${sign}\x20\0\0\0`,
    `${sign}\x21\x21\0\x24`,
    `${sign}\x21\x11\x0f\xf0`,
    `${sign}\x21\x11\xff\xff`,
  ],
  ...['\x21', '\x20', '\x11', '\x21', '\0\x0c', '\xff\xff', '\xcb\0\x71\x07', '\0'.repeat(12), '\0'.repeat(36)],
];

export const proxyHeaderSubject: Subject = {
  name: 'the PROXY protocol',
  pieces: [...text, ...addresses, ...binary, '\r\n', '\r', '\n', 'PROXY', 'PROXY ', 'proxy ', 'GET / HTTP/1.1\r\n'],
  run: (bytes) => readProxyHeader(Buffer.from(bytes, 'latin1')),
  check,
};
