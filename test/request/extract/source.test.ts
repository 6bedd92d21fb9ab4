import { deepEqual, equal, throws } from 'node:assert/strict';
import test from 'node:test';
import { sourceReader } from '../../../lib/request/extract/source.ts';
import { incoming, type Sent } from '../../support/incoming.ts';

type Header = readonly [string, string];
const host: Header = ['Host', 'app.example.com'];
const trustedProxies = ['10.0.0.0/8', 'fd00::/8'];
const read = sourceReader({ trustedProxies });

const from = (peer: string, ...headers: Header[]) => read(incoming({ peer, headers: [host, ...headers] }));

test('without a proxy the socket, and the Host header as sent, tell all', () => {
  deepEqual(from('192.0.2.7'), {
    address: '192.0.2.7',
    peer: '192.0.2.7',
    trusted: false,
    forwarded: false,
    proto: 'http',
    host: 'app.example.com',
    hostname: 'app.example.com',
    admin: false,
  });
});

const addresses: readonly (readonly [string, string, string | undefined, string])[] = [
  ['an IPv4-mapped peer is unwrapped', '::ffff:192.0.2.7', undefined, '192.0.2.7'],
  ['the zone of a peer is dropped', 'fe80::1%eth0', undefined, 'fe80::1'],
  ['an untrusted peer is not believed', '192.0.2.7', '127.0.0.1', '192.0.2.7'],
  ['a trusted peer is believed', '10.0.0.1', '192.0.2.9', '192.0.2.9'],
  ['an IPv4-mapped trusted peer is believed', '::ffff:10.0.0.1', '192.0.2.9', '192.0.2.9'],
  ['of a list, the rightmost untrusted', '10.0.0.1', '127.0.0.1, 192.0.2.9, 10.9.9.9', '192.0.2.9'],
  ['nonsense left of the rightmost untrusted is nobody', '10.0.0.1', 'unknown, 192.0.2.9', '192.0.2.9'],
  ['all trusted: the leftmost', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ['IPv6 in brackets with a port', 'fd00::1', '[2001:DB8::1]:443', '2001:db8::1'],
  ['IPv4 with a port', '10.0.0.1', '192.0.2.9:1234', '192.0.2.9'],
  ['a mapped entry is unwrapped', '10.0.0.1', '::ffff:127.0.0.1', '127.0.0.1'],
];

for (const [name, peer, list, expected] of addresses) {
  test(`address: ${name}`, () => {
    const origin = list === undefined ? from(peer) : from(peer, ['X-Forwarded-For', list]);
    equal('address' in origin && origin.address, expected);
  });
}

test('several X-Forwarded-For headers are one list', () => {
  const origin = from('10.0.0.1', ['X-Forwarded-For', '127.0.0.1'], ['X-Forwarded-For', '192.0.2.9']);
  equal('address' in origin && origin.address, '192.0.2.9');
});

const nonsense: readonly Header[] = [
  ['X-Forwarded-For', ''],
  ['X-Forwarded-For', 'unknown'],
  ['X-Forwarded-For', '192.0.2.9,'],
  ['X-Forwarded-For', '0x7f.0.0.1'],
  ['X-Forwarded-For', '127.1'],
  ['X-Forwarded-For', '[::1'],
  ['X-Forwarded-Proto', 'gopher'],
  ['X-Forwarded-Proto', 'https, http'],
  ['X-Forwarded-Host', 'a.example.com, b.example.com'],
  ['X-Forwarded-Host', 'user@a.example.com'],
  ['X-Real-IP', 'nobody'],
  ['Forwarded', 'for=192.0.2.9:80'],
];

for (const [name, value] of nonsense) {
  test(`${name}: ${JSON.stringify(value)} denies from a trusted peer and changes nothing from another`, () => {
    equal('malformed' in from('10.0.0.1', [name, value]), true);
    deepEqual(from('192.0.2.7', [name, value]), { ...from('192.0.2.7'), forwarded: true });
  });
}

const forwarding = [
  'Forwarded',
  'X-Forwarded-For',
  'x-forwarded-anything',
  'X_Forwarded_Host',
  'X-Real-IP',
  'VIA',
  'CF-Connecting-IP',
  'cf-ray',
];
for (const name of forwarding) {
  test(`${name} tells of a proxy`, () => {
    const origin = from('192.0.2.7', [name, '192.0.2.9']);
    equal('forwarded' in origin && origin.forwarded, true);
  });
}

for (const name of ['X-Request-Id', 'Cookie', 'Cache-Control', 'X-Forward', 'Vias']) {
  test(`${name} tells of no proxy`, () => {
    const origin = from('192.0.2.7', [name, 'x']);
    equal('forwarded' in origin && origin.forwarded, false);
  });
}

test('scheme and host of a trusted proxy are believed', () => {
  const origin = from('10.0.0.1', ['X-Forwarded-Proto', 'HTTPS'], ['X-Forwarded-Host', 'Wiki.Example.com:8443']);
  deepEqual('host' in origin && [origin.proto, origin.host, origin.hostname], [
    'https',
    'wiki.example.com:8443',
    'wiki.example.com',
  ]);
});

test('scheme and host of an untrusted peer are not', () => {
  const origin = from('192.0.2.7', ['X-Forwarded-Proto', 'https'], ['X-Forwarded-Host', 'evil.example']);
  deepEqual('host' in origin && [origin.proto, origin.host, origin.trusted], ['http', 'app.example.com', false]);
});

const secrets: readonly (readonly [string, readonly Header[], boolean])[] = [
  ['the right one', [['X-Gatewarden-Proxy-Secret', 'open sesame']], true],
  ['none', [], false],
  ['a wrong one', [['X-Gatewarden-Proxy-Secret', 'open sesam']], false],
  [
    'the right one twice',
    [
      ['X-Gatewarden-Proxy-Secret', 'open sesame'],
      ['X-Gatewarden-Proxy-Secret', 'open sesame'],
    ],
    false,
  ],
];

for (const [name, headers, believed] of secrets) {
  test(`with PROXY_SECRET set and ${name} sent, a trusted peer is ${believed ? '' : 'not '}believed`, () => {
    const reader = sourceReader({ trustedProxies, proxySecret: 'open sesame' });
    const origin = reader(
      incoming({ peer: '10.0.0.1', headers: [host, ['X-Forwarded-For', '192.0.2.9'], ...headers] }),
    );
    deepEqual(
      'address' in origin && [origin.address, origin.trusted],
      believed ? ['192.0.2.9', true] : ['10.0.0.1', false],
    );
  });
}

const hosts: readonly (readonly [string, string | undefined])[] = [
  ['localhost', 'localhost'],
  ['LOCALHOST:8080', 'localhost'],
  ['app.example.com.', 'app.example.com'],
  ['app.example.com.:80', 'app.example.com'],
  ['[::1]:8080', '::1'],
  ['[0:0:0::1]', '::1'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['my_service', 'my_service'],
  ['', undefined],
  ['b\u00fccher.example', undefined],
  ['a..b', undefined],
  ['.a', undefined],
  ['-a', undefined],
  ['a:0', undefined],
  ['a:65536', undefined],
  ['a:080', undefined],
  ['a:', undefined],
  ['a:80:80', undefined],
  ['a,b', undefined],
  ['user@a', undefined],
  ['"a"', undefined],
  ['a b', undefined],
  ['a\r\nX: y', undefined],
  ['a/b', undefined],
  ['a\\b', undefined],
  ['a%2eb', undefined],
  ['::1', undefined],
  ['[::1', undefined],
  ['[fe80::1%eth0]', undefined],
  [`${'a'.repeat(64)}.example`, undefined],
  [`${'a.'.repeat(127)}aa`, undefined],
];

for (const [sent, hostname] of hosts) {
  test(`Host ${JSON.stringify(sent.slice(0, 40))} is ${hostname ?? 'refused'}`, () => {
    const origin = read(incoming({ headers: [['Host', sent]] }));
    equal('hostname' in origin ? origin.hostname : undefined, hostname);
  });
}

const targets: readonly (readonly [string, Sent, string | undefined])[] = [
  ['two Host headers', { headers: [host, ['host', 'app.example.com']] }, 'ambiguous_path'],
  ['no Host header', { headers: [] }, 'validation_failed'],
  ['an absolute target of the same host', { url: 'http://APP.example.com:80/x', headers: [host] }, undefined],
  ['an absolute target of another host', { url: 'http://evil.example/x', headers: [host] }, 'ambiguous_path'],
  ['an absolute target of another port', { url: 'http://app.example.com:81/x', headers: [host] }, 'ambiguous_path'],
  [
    'an absolute target with user information',
    { url: 'http://a@app.example.com/x', headers: [host] },
    'ambiguous_path',
  ],
  ['a target of another scheme', { url: 'ftp://app.example.com/x', headers: [host] }, 'ambiguous_path'],
  ['the target *', { method: 'OPTIONS', url: '*', headers: [host] }, undefined],
];

for (const [name, sent, code] of targets) {
  test(`${name} is ${code ?? 'read'}`, () => {
    const origin = read(incoming(sent));
    equal('code' in origin ? origin.code : undefined, code);
  });
}

test('the public URL decides scheme and port of its host, and of no other', () => {
  const reader = sourceReader({ publicUrl: 'https://app.example.com:8443' });
  const own = reader(incoming({ headers: [['Host', 'App.example.com']] }));
  deepEqual('host' in own && [own.proto, own.host], ['https', 'app.example.com:8443']);
  const other = reader(incoming({ headers: [['Host', 'localhost:8080']] }));
  deepEqual('host' in other && [other.proto, other.host], ['http', 'localhost:8080']);
});

test('a TLS socket is https', () => {
  const origin = read(incoming({ headers: [host], encrypted: true }));
  equal('proto' in origin && origin.proto, 'https');
});

test('a network that is none stops the start', () => {
  for (const cidr of ['10.0.0.0/33', '10/8', 'x', '::1/129', '10.0.0.0/8/8', '']) {
    throws(() => sourceReader({ trustedProxies: [cidr] }), TypeError);
  }
});

const apart = { publicUrl: 'https://app.example.com', adminUrl: 'https://accounts.example.com' };
const byPort = { publicUrl: 'https://app.example.com', adminUrl: 'https://app.example.com:8443' };

const adminHosts: readonly (readonly [
  what: string,
  sites: { publicUrl: string; adminUrl: string },
  sent: string,
  host: string,
  admin: boolean,
])[] = [
  ['the host of ADMIN_URL', apart, 'accounts.example.com', 'accounts.example.com', true],
  ['in another spelling', apart, 'ACCOUNTS.example.com.', 'accounts.example.com', true],
  ['on the port that it is forwarded to', apart, 'accounts.example.com:8080', 'accounts.example.com', true],
  ['the host of PUBLIC_URL', apart, 'app.example.com', 'app.example.com', false],
  ['a name below that of ADMIN_URL', apart, 'x.accounts.example.com', 'x.accounts.example.com', false],
  ['another host', apart, '127.0.0.1:8080', '127.0.0.1:8080', false],
  ['the port of ADMIN_URL, on one host name', byPort, 'app.example.com:8443', 'app.example.com:8443', true],
  ['that port, in another spelling', byPort, 'App.Example.com.:8443', 'app.example.com:8443', true],
  ['the default port, on one host name', byPort, 'app.example.com', 'app.example.com', false],
  ['the default port, written out', byPort, 'app.example.com:443', 'app.example.com', false],
  ['a third port, on one host name', byPort, 'app.example.com:8080', 'app.example.com', false],
];

for (const [what, sites, sent, expected, admin] of adminHosts) {
  test(`with ADMIN_URL, ${what} is ${admin ? '' : 'not '}the admin’s origin`, () => {
    const found = sourceReader(sites)(incoming({ headers: [['Host', sent]] }));
    deepEqual('host' in found && [found.host, found.admin], [expected, admin]);
  });
}

test('a trusted proxy names the host of ADMIN_URL, others do not', () => {
  const reader = sourceReader({ ...apart, trustedProxies });
  const by = (peer: string) =>
    reader(
      incoming({
        peer,
        headers: [host, ['X-Forwarded-Host', 'accounts.example.com'], ['X-Forwarded-For', '192.0.2.9']],
      }),
    );
  deepEqual(
    [by('10.0.0.1'), by('192.0.2.7')].map((found) => 'admin' in found && found.admin),
    [true, false],
  );
});

test('an absolute target names ADMIN_URL only together with the Host header', () => {
  const reader = sourceReader(apart);
  const found = reader(
    incoming({ url: 'https://accounts.example.com/x', headers: [['Host', 'accounts.example.com']] }),
  );
  equal('admin' in found && found.admin, true);
  equal('malformed' in reader(incoming({ url: 'https://accounts.example.com/x', headers: [host] })), true);
});
