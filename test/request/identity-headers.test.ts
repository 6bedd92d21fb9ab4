import { deepEqual, equal } from 'node:assert/strict';
import { validateHeaderValue } from 'node:http';
import test from 'node:test';
import fc from 'fast-check';
import { ladder } from '../../lib/request/authorize/roles.ts';
import { identityHeaderNames, identityHeaders } from '../../lib/request/identity-headers.ts';
import type { IdentityHeader } from '../../lib/settings/identity-header.ts';
import type { Principal } from '../../lib/types.ts';

const roles = ladder();
const alice: Principal = {
  kind: 'user',
  id: 'u_1',
  name: 'alice',
  displayName: 'Alice L\u00f6we',
  email: 'alice@example.com',
  role: 'user',
  scopes: ['gatewarden:read', 'deploy:write'],
  via: 'session',
};
const anonymous: Principal = { kind: 'anonymous', id: '', name: '', role: 'anony', scopes: [], via: 'none' };
const all: readonly IdentityHeader[] = ['x-forwarded', 'remote', 'x-auth-request', 'x-authentik'];
const of = (principal: Principal, presets: readonly IdentityHeader[] = all) =>
  Object.fromEntries(identityHeaders(presets, roles)(principal));
const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const groups = 'user,viewer,scope:deploy:write';

const presets: readonly (readonly [IdentityHeader, Record<string, string>])[] = [
  [
    'x-forwarded',
    {
      'X-Forwarded-User': 'alice',
      'X-Forwarded-Email': 'alice@example.com',
      'X-Forwarded-Groups': groups,
      'X-Forwarded-Preferred-Username': 'alice',
    },
  ],
  [
    'remote',
    {
      'Remote-User': 'alice',
      'Remote-Email': 'alice@example.com',
      'Remote-Groups': groups,
      'Remote-Name': utf8('Alice L\u00f6we'),
    },
  ],
  [
    'x-auth-request',
    {
      'X-Auth-Request-User': 'alice',
      'X-Auth-Request-Email': 'alice@example.com',
      'X-Auth-Request-Groups': groups,
      'X-Auth-Request-Preferred-Username': 'alice',
    },
  ],
  [
    'x-authentik',
    {
      'X-authentik-username': 'alice',
      'X-authentik-email': 'alice@example.com',
      'X-authentik-name': utf8('Alice L\u00f6we'),
      'X-authentik-groups': groups.replaceAll(',', '|'),
      'X-authentik-uid': 'u_1',
    },
  ],
];

for (const [preset, expected] of presets) {
  test(`the preset ${preset} tells who it is`, () => deepEqual(of(alice, [preset]), expected));
  test(`the preset ${preset} is all there, and empty, for an anonymous request`, () => {
    deepEqual(of(anonymous, [preset]), Object.fromEntries(Object.keys(expected).map((name) => [name, ''])));
  });
}

test('single headers tell one field each, beside presets and alone, and are empty for nobody', () => {
  const single = [
    'X-WebAuth-User=user',
    'X-Mail=email',
    'X-Full=name',
    'X-Role=role',
    'X-Teams=groups',
    'X-Uid=id',
  ] as const;
  deepEqual(of(alice, single), {
    'X-WebAuth-User': 'alice',
    'X-Mail': 'alice@example.com',
    'X-Full': utf8('Alice L\u00f6we'),
    'X-Role': 'user',
    'X-Teams': groups,
    'X-Uid': 'u_1',
  });
  deepEqual(new Set(Object.values(of(anonymous, single))), new Set(['']));
  deepEqual(Object.keys(of(alice, ['remote', 'X-Mail=email'])).slice(-2), ['Remote-Name', 'X-Mail']);
});

test('a header that is named twice is there once', () => {
  const twice = ['remote', 'remote-user=id', 'X-A=id', 'X-A=user'] as const;
  deepEqual(identityHeaderNames(twice), ['Remote-User', 'Remote-Email', 'Remote-Groups', 'Remote-Name', 'X-A']);
  deepEqual(of(alice, twice)['X-A'], 'u_1');
});

test('no preset, no header', () => deepEqual(identityHeaders([], roles)(alice), []));

test('an application is client:<id>, and has no e-mail address where none is known', () => {
  const client: Principal = {
    ...anonymous,
    kind: 'client',
    id: 'client:ci',
    name: 'ci',
    role: 'viewer',
    via: 'access-token',
  };
  const headers = of(client);
  deepEqual(
    [headers['X-Forwarded-User'], headers['Remote-Name'], headers['X-Forwarded-Email'], headers['Remote-Groups']],
    ['client:ci', 'client:ci', '', 'viewer'],
  );
});

test('control characters and line separators are removed', () => {
  const name = `A\r\nX-Forwarded-User: root\u0000\u0085\u2028\u2029B`;
  equal(of({ ...alice, displayName: name })['Remote-Name'], 'AX-Forwarded-User: rootB');
});

test('any name makes values that Node writes', () => {
  const headersOf = identityHeaders(all, roles);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      for (const [header, value] of headersOf({ ...alice, displayName: name, email: name })) {
        validateHeaderValue(header, value);
      }
    }),
  );
});

test('headers are made once for a principal and frozen', () => {
  const headersOf = identityHeaders(all, roles);
  const first = headersOf(alice);
  equal(headersOf(alice), first);
  equal(Object.isFrozen(first) && Object.isFrozen(first[0]), true);
});

test('two installations that share a principal each keep their own headers', () => {
  const xForwarded = identityHeaders(['x-forwarded'], roles);
  const remote = identityHeaders(['remote'], roles);
  equal(xForwarded(alice)[0]?.[0], 'X-Forwarded-User');
  equal(remote(alice)[0]?.[0], 'Remote-User');
  equal(xForwarded(alice)[0]?.[0], 'X-Forwarded-User');
});
