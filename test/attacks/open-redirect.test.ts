import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rawRequest } from '../support/http.ts';
import { type Besieged, besieged, own, password } from './fronts.ts';

let here: Besieged;
let cookie: string;
before(async () => {
  here = await besieged();
  await here.addUser('victim');
  cookie = await here.gateway.signIn('victim');
});
after(() => here[Symbol.asyncDispose]());

const elsewhere = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/%09/evil.example',
  '/%2f/evil.example',
  '/%5cevil.example',
  '/%255cevil.example',
  'https:evil.example',
  'https://evil.example',
  'http:///evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '@evil.example',
  'user@evil.example',
  '/ok/../..//evil.example',
  '/ok/%2e%2e//evil.example',
  '/.//evil.example',
  '/..;/evil.example',
  '/ok\r\nLocation: https://evil.example',
  '/ok%0d%0aSet-Cookie:%20gatewarden=x',
  '/\u2044/evil.example',
  '/\uff0fevil.example',
  '/\u3002evil.example',
  '\u00a0//evil.example',
  ' //evil.example',
  '/\0/evil.example',
  '/%00/evil.example',
  '',
  'x',
  `/${'a'.repeat(3000)}`,
];

for (const next of elsewhere) {
  const shown = JSON.stringify(next).slice(0, 40);

  test(`${shown} as the place to go to after sign-in`, async () => {
    for (const front of here.fronts) {
      const reply = await front.form(`${own}/login`, { username: 'victim', password, next });
      deepEqual([reply.status, reply.headers.location, reply.setCookie.length], [303, '/', 1]);
    }
  });

  test(`${shown} for somebody who is signed in already, in the form that failed, and after sign-out`, async () => {
    for (const front of here.fronts) {
      const query = new URLSearchParams({ next });
      const there = await front.ask(`${own}/login?${query}`, { headers: { cookie } });
      deepEqual([there.status, there.headers.location], [303, '/']);
      const failed = await front.form(`${own}/login`, { next });
      equal(/name="next" value="([^"]*)"/.exec(failed.text)?.[1], '/');
      const out = await front.form(`${own}/logout`, { next });
      deepEqual([out.status, out.headers.location], [303, `${own}/login?signed_out=1`]);
    }
  });
}

test('next given twice, the second one evil', async () => {
  for (const front of here.fronts) {
    const reply = await front.ask(`${own}/login?next=/ok&next=//evil.example`, { headers: { cookie } });
    deepEqual([reply.status, reply.headers.location], [303, '/']);
    const fields = `username=victim&password=${encodeURIComponent(password)}&next=/ok&next=//evil.example`;
    equal((await front.form(`${own}/login`, fields)).headers.location, '/');
  }
});

const navigation =
  'Accept: text/html\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: cross-site\r\nConnection: close\r\n';

const heardBy = (port: number, target: string) =>
  rawRequest(port, `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${navigation}\r\n`);
const locationIn = (heard: string) => /^location: (.*)\r$/im.exec(heard)?.[1];

for (const target of [
  '//evil.example/',
  '/\\evil.example/',
  '///evil.example/%2e%2e',
  '/%2f%2fevil.example',
  '/a//b',
]) {
  test(`being sent to sign-in from ${target}, to come back to another site`, async () => {
    for (const front of here.fronts) {
      const heard = await heardBy(front.port, target);
      const [, status] = /^HTTP\/1\.1 (\d+)/.exec(heard) ?? [];
      deepEqual([status, locationIn(heard)], status === '303' ? ['303', `${own}/login?next=%2F`] : ['400', undefined]);
      deepEqual(front.seen, []);
    }
  });
}

for (const path of ['/x', `${own}/account`, `${own}/login?next=/x`]) {
  test(`an absolute target with ${path}, to come back to another host`, async () => {
    for (const front of here.fronts) {
      for (const host of ['evil.example', `127.0.0.1:${front.port}@evil.example`, '127.0.0.1:1']) {
        const heard = await heardBy(front.port, `http://${host}${path}`);
        match(heard, /^HTTP\/1\.1 400 /);
        equal(locationIn(heard), undefined);
      }
    }
    deepEqual(
      here.fronts.flatMap(({ seen }) => seen),
      [],
    );
  });
}
