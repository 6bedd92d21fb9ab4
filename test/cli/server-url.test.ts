import { equal, throws } from 'node:assert/strict';
import test from 'node:test';
import { apiUrl } from '../../cli/commands/api.ts';
import { isReadable, serverUrl } from '../../cli/remote/server-url.ts';

const servers: readonly [given: string, url: string][] = [
  ['https://gate.example.com', 'https://gate.example.com/_gatewarden'],
  ['https://gate.example.com/', 'https://gate.example.com/_gatewarden'],
  [' HTTPS://Gate.Example.com:443/auth/ ', 'https://gate.example.com/auth'],
  ['http://[::1]:8080//a//b//', 'http://[::1]:8080/a/b'],
];
for (const [given, url] of servers) {
  test(`the server ${given} is ${url}`, () => equal(serverUrl(given, '--server'), url));
}

const noServers = [
  '',
  'gate.example.com',
  'localhost:8080',
  'ftp://a',
  'https://a?b',
  'https://a#b',
  'https://u:p@a',
  'https://',
];
for (const given of noServers) {
  test(`no server: ${JSON.stringify(given)}`, () =>
    throws(() => serverUrl(given, '--server'), /--server: the URL of a server/));
}

const readable: readonly [server: string, isIt: boolean][] = [
  ['http://gate.example.com/x', true],
  ['http://127.0.0.1.example.com/x', true],
  ['http://10.0.0.1/x', true],
  ['http://localhost.example.com/x', true],
  ['https://gate.example.com/x', false],
  ['http://localhost:8080/x', false],
  ['http://app.localhost/x', false],
  ['http://127.9.9.9/x', false],
  ['http://[::1]/x', false],
];
for (const [server, isIt] of readable) {
  test(`${isIt ? 'others can' : 'nobody can'} read what goes to ${server}`, () => equal(isReadable(server), isIt));
}

const base = 'https://gate.example.com/auth';
const paths: readonly [path: string, url: string][] = [
  ['users', `${base}/api/v1/users`],
  ['users?limit=5#x', `${base}/api/v1/users?limit=5`],
  ['/api/v1/users', `${base}/api/v1/users`],
  ['/auth/api/v1/users', `${base}/api/v1/users`],
  [`${base}/healthz`, `${base}/healthz`],
  ['//evil.example/x', `${base}//evil.example/x`],
];
for (const [path, url] of paths) {
  test(`the path ${path} is ${url}`, () => equal(apiUrl(base, path).href, url));
}

const elsewhere = [
  'https://evil.example/auth/x',
  'https://gate.example.com:444/auth/x',
  'http://gate.example.com/auth/x',
  'https://gate.example.com/other',
  'https://gate.example.com/authentic',
  'https://user@gate.example.com/auth/x',
  '/../x',
  '../../../x',
  '/a/%2e%2e/%2E./x',
  '\\..\\..\\..\\..\\x',
  'javascript:alert(1)',
];
for (const path of elsewhere) {
  test(`no path for the token: ${path}`, () => throws(() => apiUrl(base, path), /is not below/));
}

test('a long hostile path or URL is read at once', () => {
  const before = performance.now();
  for (const one of ['/', '..', '%2e', '\\', 'a:', ';', ' ']) {
    const long = one.repeat(16_000);
    for (const act of [() => apiUrl(base, long), () => serverUrl(`https://a/${long}`, 'x')]) {
      try {
        act();
      } catch {}
    }
  }
  equal(performance.now() - before < 500, true);
});
