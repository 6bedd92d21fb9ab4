import { deepEqual, equal, ok } from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { after, before, test } from 'node:test';
import express from 'express';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { gatewayTo, password, portOf, type TestGateway, type TestUpstream, upstreamThat } from '../gateway/started.ts';
import { temporaryFolder } from '../support/folders.ts';
import { hmacked, type Json, jsonIn, signed, stolenKey, withSignature } from './forging.ts';

/** What a forger works with. */
type Material = Readonly<{
  /** An access token of ada's that is good, and what is in it. */
  good: string;
  header: Json;
  claims: Json;
  /** The claims of bob's. */
  bob: Json;
  /** The assertion that an upstream is shown of ada. */
  assertion: string;
  /** The store id of a browser's session of ada's. */
  browserSession: string;
  /** Our own key: what it signs must be refused for what it says. */
  ours: KeyObject;
  published: JsonWebKey;
  stranger: Readonly<{ privateKey: KeyObject; publicKey: KeyObject }>;
  /** A server of the forger's that serves the forger's key. */
  elsewhere: string;
}>;

const secretKey = makeSecretKey();
const folder = await temporaryFolder();
let upstream: TestUpstream;
let elsewhere: TestUpstream;
let gateway: TestGateway;
let app: Server;
let material: Material;

async function accessToken(username: string): Promise<string> {
  await gateway.gate.users.create({ username, password, role: 'user' });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ username, password });
  const answer = await fetch(`${gateway.url}/_gatewarden/api/v1/login`, { method: 'POST', headers, body });
  return ((await answer.json()) as { token: string }).token;
}

async function assertionFor(token: string): Promise<string> {
  await fetch(`${gateway.url}/x`, { headers: { authorization: `Bearer ${token}` } });
  return String(upstream.seen.at(-1)?.req.headers['x-gatewarden-assertion']);
}

async function gathered(): Promise<Material> {
  const good = await accessToken('ada');
  const [header, claims] = good.split('.').slice(0, 2).map(jsonIn);
  const { items } = (await (
    await fetch(`${gateway.url}/_gatewarden/api/v1/sessions`, { headers: await gateway.signIn('cleo') })
  ).json()) as { items: { id: string }[] };
  const answer = await fetch(`${gateway.url}/_gatewarden/jwks.json`);
  const { keys } = (await answer.json()) as { keys: JsonWebKey[] };
  return {
    good,
    header: header ?? {},
    claims: claims ?? {},
    bob: jsonIn((await accessToken('bob')).split('.')[1]),
    assertion: await assertionFor(good),
    browserSession: items[0]?.id ?? '',
    ours: stolenKey(folder.path, secretKey),
    published: keys[0] ?? {},
    stranger: generateKeyPairSync('ed25519'),
    elsewhere: elsewhere.url,
  };
}

before(async () => {
  upstream = await upstreamThat((_req, res) => void res.end('the service'));
  elsewhere = await upstreamThat((_req, res) => {
    const key = { ...material.stranger.publicKey.export({ format: 'jwk' }), kid: 'theirs', use: 'sig', alg: 'EdDSA' };
    res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [key] }));
  });
  gateway = await gatewayTo(upstream.url, { options: { secretKey: [secretKey], dataDir: folder.path } });
  const guarded = express().use(gateway.gate.guards.requireRole('viewer'));
  app = createServer(guarded.use((req, res) => void res.send(req.auth.name))).listen(0, '127.0.0.1');
  await once(app, 'listening');
  material = await gathered();
});
after(async () => {
  app.closeAllConnections();
  app.close();
  for (const one of [gateway, upstream, elsewhere, folder]) await one[Symbol.asyncDispose]();
});

type Forge = (given: Material) => string;
const header =
  (more: Json): Forge =>
  ({ header, claims, ours }) =>
    signed({ ...header, ...more }, claims, ours);
const claims =
  (more: Json): Forge =>
  ({ header, claims, ours }) =>
    signed(header, { ...claims, ...more }, ours);
const confused =
  (secretOf: (published: JsonWebKey) => string | Buffer): Forge =>
  ({ header, claims, published }) =>
    hmacked({ ...header, alg: 'HS256' }, claims, secretOf(published));
const publicKey = (key: JsonWebKey): KeyObject => createPublicKey({ key, format: 'jwk' });

const derOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'der' }).toString('base64');

const unsigned: Readonly<Record<string, Forge>> = {
  'alg none': ({ header, claims }) => withSignature({ ...header, alg: 'none' }, claims, ''),
  'alg None, nOnE and NONE': ({ header, claims }) => withSignature({ ...header, alg: 'nOnE' }, claims, ''),
  'alg none with the signature of another': ({ header, claims, good }) =>
    withSignature({ ...header, alg: 'none' }, claims, good.split('.')[2] ?? ''),
  'an empty signature': ({ good }) => good.replace(/[^.]*$/, ''),
  'no signature at all': ({ good }) => good.replace(/\.[^.]*$/, ''),
  'a signature of zeros': ({ header, claims }) => withSignature(header, claims, 'A'.repeat(86)),
  'another’s claims with a good signature': ({ header, bob, good }) =>
    withSignature(header, bob, good.split('.')[2] ?? ''),
  'a signature by somebody else under our key id': ({ header, claims, stranger }) =>
    signed(header, claims, stranger.privateKey),
};

const confusion: Readonly<Record<string, Forge>> = {
  'HMAC with the public key’s x': confused(({ x }) => Buffer.from(x ?? '', 'base64url')),
  'HMAC with the public key’s x as text': confused(({ x }) => x ?? ''),
  'HMAC with the public JWK': confused((published) => JSON.stringify(published)),
  'HMAC with the public key in PEM': confused((published) =>
    publicKey(published).export({ type: 'spki', format: 'pem' }),
  ),
  'HMAC with the public key in DER': confused((published) =>
    publicKey(published).export({ type: 'spki', format: 'der' }),
  ),
  'HMAC with nothing': confused(() => ''),
  'HMAC with a kid that names a file': ({ header, claims }) =>
    hmacked({ ...header, alg: 'HS256', kid: '../../../../../../dev/null' }, claims, ''),
};

const keys: Readonly<Record<string, Forge>> = {
  'no kid': ({ claims, ours }) => signed({ alg: 'EdDSA', typ: 'at+jwt' }, claims, ours),
  'a kid that nobody has': header({ kid: 'k_nobody' }),
  'a kid that is SQL': header({ kid: "' OR '1'='1" }),
  'a kid that is a list': ({ header, claims, ours }) => signed({ ...header, kid: [header.kid] }, claims, ours),
  'a kid that is a prototype’s': header({ kid: '__proto__' }),
  'a key of one’s own in jwk': ({ header, claims, stranger }) =>
    signed({ ...header, jwk: stranger.publicKey.export({ format: 'jwk' }) }, claims, stranger.privateKey),
  'a key of one’s own in jwk, ours signing': ({ header, claims, ours, published }) =>
    signed({ ...header, jwk: published }, claims, ours),
  'a key of one’s own at jku': ({ header, claims, stranger, elsewhere }) =>
    signed({ ...header, kid: 'theirs', jku: `${elsewhere}/jwks.json` }, claims, stranger.privateKey),
  'a key of one’s own at x5u': ({ header, claims, stranger, elsewhere }) =>
    signed({ ...header, x5u: `${elsewhere}/cert.pem` }, claims, stranger.privateKey),
  'a key of one’s own in x5c': ({ header, claims, stranger }) =>
    signed({ ...header, x5c: [derOf(stranger.publicKey)] }, claims, stranger.privateKey),
};

const headers: Readonly<Record<string, Forge>> = {
  'crit with what is there': header({ crit: ['exp'], exp: 1 }),
  'crit with b64': header({ crit: ['b64'], b64: false }),
  'an empty crit': header({ crit: [] }),
  'crit with what nobody knows': header({ crit: ['x'], x: true }),
  'typ JWT': header({ typ: 'JWT' }),
  'no typ': ({ header: { typ: _, ...rest }, claims, ours }) => signed(rest, claims, ours),
  'the typ of an assertion': header({ typ: 'gatewarden-assertion+jwt' }),
  'alg Ed25519': header({ alg: 'Ed25519' }),
  'two algs, the first none': ({ header, claims, ours }) =>
    signed(`{"alg":"none",${JSON.stringify({ ...header, alg: undefined }).slice(1, -1)}}`, claims, ours),
  'cty JWT': header({ cty: 'JWT' }),
  'the assertion itself': ({ assertion }) => assertion,
  'the claims of the assertion as an access token’s': ({ header, assertion, ours }) =>
    signed(header, jsonIn(assertion.split('.')[1]), ours),
};

const seconds = Math.floor(Date.now() / 1000);
const wrongClaims: Readonly<Record<string, Forge>> = {
  'another issuer': claims({ iss: 'https://evil.example' }),
  'an issuer with a slash more': ({ header, claims, ours }) =>
    signed(header, { ...claims, iss: `${claims.iss}/` }, ours),
  'our issuer among others': ({ header, claims, ours }) => signed(header, { ...claims, iss: [claims.iss] }, ours),
  'another audience': claims({ aud: 'https://evil.example' }),
  'the audience of an assertion': claims({ aud: 'upstream' }),
  'no audience': claims({ aud: undefined }),
  'an end that is over': claims({ exp: seconds - 10 }),
  'an end in milliseconds as text': claims({ exp: String(Date.now()) }),
  'no end': claims({ exp: undefined }),
  'an end that is no number': ({ header, claims, ours }) =>
    signed(header, JSON.stringify({ ...claims, exp: 0 }).replace('"exp":0', '"exp":1e999'), ours),
  'a begin that is to come': claims({ nbf: seconds + 3600 }),
  'somebody else as its subject': ({ header, claims, bob, ours }) => signed(header, { ...claims, sub: bob.sub }, ours),
  'somebody else’s session': ({ header, claims, bob, ours }) => signed(header, { ...claims, sid: bob.sid }, ours),
  'a session that nobody has': claims({ sid: 'x'.repeat(43) }),
  'a browser’s session': ({ header, claims, browserSession, ours }) =>
    signed(header, { ...claims, sid: browserSession }, ours),
  'no subject': claims({ sub: '' }),
  'claims that are a list': ({ header, claims, ours }) => signed(header, [claims], ours),
};

/** The last character of a signature of 64 bytes stands for 4 bits and 2 that must be zero. */
const bent = (token: string): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) ?? '') + 1];
};

const spellings: Readonly<Record<string, Forge>> = {
  'stray bits at the end of the signature': ({ good }) => bent(good),
  padding: ({ good }) => `${good}==`,
  'padding in the middle': ({ good }) => good.replace('.', '=.'),
  'a fourth part': ({ good }) => `${good}.`,
  'the alphabet of base64': ({ header, claims, ours }) => {
    let token = signed(header, claims, ours);
    for (let at = 0; !/[-_]/.test(token); at += 1) token = signed(header, { ...claims, at }, ours);
    return token.replaceAll('-', '+').replaceAll('_', '/');
  },
  'a byte order mark': ({ header, claims, ours }) => signed(`\ufeff${JSON.stringify(header)}`, claims, ours),
  'a header of 9 kB': header({ kid: 'x'.repeat(9000) }),
};

const attacks = { ...unsigned, ...confusion, ...keys, ...headers, ...wrongClaims, ...spellings };

const places = (): readonly (readonly [name: string, url: string])[] => [
  ['a service behind the gateway', `${gateway.url}/x`],
  ['our own API', `${gateway.url}/_gatewarden/api/v1/session`],
  ['an Express app', `http://127.0.0.1:${portOf(app)}/x`],
];

const statusesOf = (token: string) =>
  Promise.all(
    places().map(async ([name, url]) => {
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      const { code } = answer.ok ? { code: '' } : ((await answer.json()) as { code: string });
      return [name, answer.status, code] as const;
    }),
  );

test('the token that they all are made of is good, and so is one that our key signs', async () => {
  const { good, header, claims, ours } = material;
  for (const token of [good, signed(header, claims, ours)]) {
    deepEqual(
      (await statusesOf(token)).map(([, status]) => status),
      [200, 200, 200],
    );
  }
});

for (const [name, forge] of Object.entries(attacks)) {
  test(`an access token with ${name}`, async () => {
    const token = forge(material);
    ok(token !== material.good);
    const before = upstream.seen.length;
    for (const [place, status, code] of await statusesOf(token)) {
      ok([401, 400].includes(status), `${place}: ${status}`);
      ok(
        ['invalid_token', 'token_expired', 'token_revoked', 'malformed_credential'].includes(code),
        `${place}: ${code}`,
      );
    }
    equal(upstream.seen.length, before);
    equal(elsewhere.seen.length, 0);
  });
}

test('a forged token beside a good session is refused, not passed over', async () => {
  const cookie = await gateway.signIn('dora');
  const before = upstream.seen.length;
  const authorization = `Bearer ${withSignature({ ...material.header, alg: 'none' }, material.claims, '')}`;
  for (const [, url] of places()) {
    equal((await fetch(url, { headers: { ...cookie, authorization } })).status, 401);
  }
  equal(upstream.seen.length, before);
});

test('a token of ours in another place than the Authorization header', async () => {
  const { good } = material;
  const elsewhere = [
    [`?access_token=${good}`, {}],
    ['', { cookie: `access_token=${good}` }],
    ['', { cookie: `gatewarden=${good}` }],
    ['', { 'x-gatewarden-assertion': material.assertion }],
    ['', { 'x-access-token': good }],
    ['', { 'proxy-authorization': `Bearer ${good}` }],
  ] as const;
  for (const [query, headers] of elsewhere) {
    const answer = await fetch(`${gateway.url}/x${query}`, { headers });
    equal(answer.status, 401);
    const session = await fetch(`${gateway.url}/_gatewarden/api/v1/session${query}`, { headers });
    const told = (await session.json()) as { authenticated?: boolean };
    ok(session.status === 401 || told.authenticated === false);
  }
});
