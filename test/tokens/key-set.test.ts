import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import test from 'node:test';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { givenKeys, KeySetUnavailableError, publishedKeys } from '../../lib/tokens/key-set.ts';

async function newKey(alg = 'EdDSA'): Promise<JWK & { kid: string }> {
  const { publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return { ...jwk, alg, kid: await calculateJwkThumbprint(jwk), use: 'sig' };
}

const [first, second, third] = [await newKey(), await newKey('ES256'), await newKey()];

/** A place where keys are published, whose answer a test changes. */
async function published(answer: (res: ServerResponse) => unknown) {
  const state = { answer, requests: 0, now: 0, failures: [] as string[] };
  const server = createServer((_req, res) => {
    state.requests += 1;
    state.answer(res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/jwks.json`);
  const keys = publishedKeys(url, {
    now: () => state.now,
    onFailure: ({ message }) => void state.failures.push(message),
  });
  const has = async (key: { kid: string }) => (await keys.verificationKey(key.kid))?.kid === key.kid;
  return {
    state,
    has,
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const set =
  (...keys: readonly object[]) =>
  (res: ServerResponse) =>
    res.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys }));

test('the set is read once for many who ask at once, and not again', async () => {
  await using place = await published(set(first, second));
  deepEqual(await Promise.all([first, second, first].map(place.has)), [true, true, true]);
  equal(await place.has(first), true);
  equal(place.state.requests, 1);
});

test('a new key is found when the first token of it comes', async () => {
  await using place = await published(set(first));
  equal(await place.has(first), true);
  place.state.answer = set(second, first);
  place.state.now += 1000;
  deepEqual([await place.has(second), await place.has(first)], [true, true]);
  equal(place.state.requests, 2);
});

test('a key that was published while an older set was being read is found', async () => {
  let answerOlder: (() => void) | undefined;
  await using place = await published((res) => {
    answerOlder = () => set(first)(res);
  });
  const asked = place.has(first);
  while (answerOlder === undefined) await new Promise(setImmediate);
  place.state.answer = set(first, second);
  const forNewer = place.has(second);
  answerOlder();
  deepEqual(await Promise.all([asked, forNewer]), [true, true]);
});

test('the set is read at most once a second, whatever is asked for', async () => {
  await using place = await published(set(first));
  const began = performance.now();
  equal(await place.has(first), true);
  const asked = await Promise.all(Array.from({ length: 500 }, (_, at) => place.has({ kid: `no key ${at}` })));
  equal(asked.includes(true), false);
  // One at the start, and one more a second later for all who asked.
  equal(place.state.requests, 2);
  ok(performance.now() - began > 900);
});

test('a set of ten minutes is read again in the background', async () => {
  await using place = await published(set(first));
  equal(await place.has(first), true);
  place.state.answer = set(second);
  place.state.now += 600_000;
  equal(await place.has(first), true);
  while (place.state.requests < 2) await new Promise(setImmediate);
  equal(await place.has(second), true);
  equal(await place.has(first), false);
});

test('while the set cannot be read, the keys of the last hour are used, and unknown ones are an outage', async () => {
  await using place = await published(set(first));
  equal(await place.has(first), true);
  place.state.answer = (res) => res.writeHead(503).end();
  place.state.now += 3_599_999;
  equal(await place.has(first), true);
  place.state.now += 1000;
  await rejects(place.has(second), KeySetUnavailableError);
  await rejects(place.has(first), KeySetUnavailableError);
  place.state.answer = set(first);
  place.state.now += 1000;
  equal(await place.has(first), true);
});

const broken: readonly [title: string, answer: (res: ServerResponse) => unknown, message: RegExp][] = [
  ['refused for its Host', (res) => res.writeHead(421).end('{}'), /it answered 421$/],
  [
    'redirected',
    (res) => (res.req.url === '/moved' ? set(first)(res) : res.writeHead(302, { location: '/moved' }).end()),
    /jwks\.json cannot be read/,
  ],
  ['no JSON', (res) => res.end('<html>'), /JSON/],
  ['another object', (res) => res.end('{"keys":{}}'), /an object with a list "keys"/],
  ['without a key', set(), /has no key/],
  ['of keys for something else', set({ kty: 'RSA', alg: 'RS256', kid: 'r', n: 'AQAB', e: 'AQAB' }), /has no key/],
  ['of secrets', set({ kty: 'oct', alg: 'HS256', kid: 's', k: 'AAAA' }), /has no key/],
  ['for encryption', set({ ...third, use: 'enc' }), /signs nothing/],
  ['without an end', (res) => void setInterval(() => res.write('x'.repeat(32_768)), 1).unref(), /too long/],
  ['cut off', (res) => res.writeHead(200, { 'Content-Length': 100 }).write('{', () => res.destroy()), /cannot be read/],
];
for (const [title, answer, message] of broken) {
  test(`a set that is ${title} is an outage, and reported`, async () => {
    await using place = await published(answer);
    await rejects(place.has(first), message);
    equal(place.state.failures.length, 1);
    match(place.state.failures[0] ?? '', message);
  });
}

test('nothing that listens is an outage', async () => {
  const place = await published(set(first));
  await place[Symbol.asyncDispose]();
  await rejects(place.has(first), KeySetUnavailableError);
});

test('a set that is given is used as it stands', async () => {
  const keys = givenKeys({ keys: [first, { kty: 'RSA', kid: 'r', alg: 'RS256' }] });
  equal((await keys.verificationKey(first.kid))?.kid, first.kid);
  equal(await keys.verificationKey('r'), undefined);
  equal(await keys.verificationKey(second.kid), undefined);
});

for (const given of [undefined, null, {}, { keys: [] }, { keys: [null, 1, { kid: 'a' }] }]) {
  test(`${JSON.stringify(given)} is no set`, () => throws(() => givenKeys(given), TypeError));
}
