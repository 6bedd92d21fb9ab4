import { equal } from 'node:assert/strict';
import test from 'node:test';
import { pathOwner } from '../../../lib/request/authorize/own-paths.ts';

const metadata = '/.well-known/oauth-authorization-server/_gatewarden';
const ownerOf = pathOwner(['/_gatewarden', metadata]);

for (const [path, owner] of [
  ['/_gatewarden', 'ours'],
  ['/_gatewarden/login', 'ours'],
  ['/_gatewarden2', 'upstream'],
  ['/', 'upstream'],
  ['/a/_gatewarden', 'upstream'],
  ['/%41', 'upstream'],
  ['//_gatewarden', 'unclear'],
  ['/_gatewarden;x', 'unclear'],
  ['/;x/_gatewarden', 'unclear'],
  ['/%5Fgatewarden/login', 'unclear'],
  ['/_GATEWARDEN/', 'unclear'],
  ['/_gatewarden%2flogin', 'unclear'],
  ['/_gatewarden./login', 'unclear'],
  ['/_gatewarden%20', 'unclear'],
  ['\\_gatewarden', 'upstream'],
  ['http://localhost/_gatewarden', 'unclear'],
  [metadata, 'ours'],
  [`${metadata}?a=b`, 'ours'],
  [`${metadata}/more`, 'ours'],
  [`${metadata}2`, 'upstream'],
  ['/.well-known/oauth-authorization-server', 'upstream'],
  ['/.well-known/oauth-authorization-server/other', 'upstream'],
  ['/.well-known/openid-configuration/_gatewarden', 'upstream'],
  [`/${metadata}`, 'unclear'],
  [`${metadata};x`, 'unclear'],
  ['/.well-known/oauth-authorization-server//_gatewarden', 'unclear'],
  ['/.well-known/oauth-authorization-server%2f_gatewarden', 'unclear'],
  ['/.WELL-KNOWN/oauth-authorization-server/_gatewarden', 'unclear'],
  ['/%2ewell-known/oauth-authorization-server/_gatewarden', 'unclear'],
] as const) {
  test(`${path} is ${owner}`, () => equal(ownerOf(path), owner));
}

test('an issuer with a path that servers read in several ways is guarded in each', () => {
  const owner = pathOwner(['/.well-known/oauth-authorization-server/a%20b;c']);
  equal(owner('/.well-known/oauth-authorization-server/a%20b;c'), 'ours');
  for (const path of ['/a%20b', '/a%20b;d', '/A%20B;c', '/a%2520b']) {
    equal(owner(`/.well-known/oauth-authorization-server${path}`), 'unclear', path);
  }
});
