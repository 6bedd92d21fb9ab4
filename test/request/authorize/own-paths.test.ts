import { equal } from 'node:assert/strict';
import test from 'node:test';
import { pathOwner } from '../../../lib/request/authorize/own-paths.ts';

const ownerOf = pathOwner('/_gatewarden');

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
] as const) {
  test(`${path} is ${owner}`, () => equal(ownerOf(path), owner));
}
