import { deepEqual, equal } from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { assertionVerifier } from '../../lib/tokens/assertion-verifier.ts';
import { assertionSigner } from '../../lib/tokens/assertions.ts';
import type { Principal } from '../../lib/types.ts';
import { caller, codeOf, granted, issuer, openTokens, principal } from './open.ts';

type Opened = Awaited<ReturnType<typeof openTokens>>;
type Mode = 'reused' | 'strict';

const ada = principal('operator');
const request = { method: 'POST', target: '/jobs?x=1' };
const audience = 'wiki';

async function opened(mode: Mode = 'reused', more: { mostUsed?: number } = {}) {
  const parts = await openTokens();
  const { keys, time } = parts;
  const clock = () => time.now;
  let read = 0;
  const counting = {
    verificationKey: (kid: string) => {
      read += 1;
      return keys.verificationKey(kid);
    },
  };
  const verify = assertionVerifier({ keys: counting, issuer, audience, mode, clock, ...more });
  return { ...parts, sign: assertionSigner({ keys, issuer, clock }), verify, reads: () => read };
}

/** An assertion signed with the real key whose claims and header are as a test wants them. */
async function signed({ keys, time }: Opened, claims: object = {}, header: object = {}): Promise<string> {
  const { kid, algorithm, key } = await keys.current();
  const iat = Math.floor(time.now / 1000);
  const usual = { iss: issuer, aud: audience, sub: 'u_1', name: 'ada', role: 'user', scopes: [], iat, exp: iat + 60 };
  return new SignJWT({ ...usual, ...claims })
    .setProtectedHeader({ alg: algorithm, typ: 'gatewarden-assertion+jwt', kid, ...header })
    .sign(key);
}

describe('a verified assertion', () => {
  const people: readonly [title: string, who: Principal][] = [
    ['a user', ada],
    ['a client', principal('operator', { kind: 'client', id: 'client:ci', name: 'client:ci' })],
    ['nobody', principal('anony', { kind: 'anonymous', id: '', name: '', via: 'none' })],
  ];
  for (const [title, who] of people) {
    it(`gives the principal of ${title}`, async () => {
      const { sign, verify, time } = await opened();
      const found = granted(await verify(await sign.for(who, audience), request));
      const expiresAt = (Math.floor(time.now / 1000) + 60) * 1000;
      const via = who.kind === 'anonymous' ? 'none' : 'assertion';
      deepEqual(found, { ...who, via, expiresAt });
      equal(Object.isFrozen(found) && Object.isFrozen(found.scopes), true);
    });
  }

  it('is verified once while it is reused, and refused when it expires all the same', async () => {
    const { sign, verify, time, reads } = await opened();
    const token = await sign.for(ada, audience);
    const first = granted(await verify(token, request));
    equal(granted(await verify(token, { method: 'GET', target: '/other' })), first);
    equal(reads(), 1);
    time.now += 64_000;
    equal(granted(await verify(token, request)), first);
    time.now += 2000;
    equal(codeOf(await verify(token, request)), 'token_expired');
  });

  it('may be signed with the key before a rotation and with the one after it', async () => {
    const { sign, verify, keys } = await opened();
    const before = await sign.for(ada, audience);
    await keys.rotate();
    const after = await sign.for(principal('viewer'), audience);
    deepEqual([codeOf(await verify(before, request)), codeOf(await verify(after, request))], ['ok', 'ok']);
  });
});

describe('what is no assertion for this service', () => {
  let site: Awaited<ReturnType<typeof opened>>;
  before(async () => {
    site = await opened();
  });

  const seconds = (by: number) => Math.floor(site.time.now / 1000) + by;
  const claims: readonly [title: string, claims: () => object, code: string][] = [
    ['of another issuer', () => ({ iss: `${issuer}/` }), 'invalid_token'],
    ['for another route', () => ({ aud: 'blog' }), 'invalid_token'],
    ['for several routes', () => ({ aud: [audience, 'blog'] }), 'invalid_token'],
    ['without a subject', () => ({ sub: undefined }), 'invalid_token'],
    ['without a name for a user', () => ({ name: '' }), 'invalid_token'],
    ['with a role that is no text', () => ({ role: ['admin'] }), 'invalid_token'],
    ['with scopes that are no list', () => ({ scopes: 'a b' }), 'invalid_token'],
    ['without a time of issue', () => ({ iat: undefined }), 'invalid_token'],
    ['without an end', () => ({ exp: undefined }), 'invalid_token'],
    ['with an end that is no number', () => ({ exp: '9999999999' }), 'invalid_token'],
    ['that ends a second too late', () => ({ exp: seconds(61) }), 'invalid_token'],
    ['of the future', () => ({ iat: seconds(6), exp: seconds(60) }), 'invalid_token'],
    ['that has expired', () => ({ iat: seconds(-65), exp: seconds(-5) }), 'token_expired'],
    ['with an id and no method', () => ({ jti: 'x', target_hash: 'y' }), 'invalid_token'],
    ['with a method and no id', () => ({ htm: 'POST' }), 'invalid_token'],
    ['with an empty id', () => ({ jti: '', htm: 'POST', target_hash: 'y' }), 'invalid_token'],
    ['that is well made', () => ({}), 'ok'],
    ['a few seconds ahead', () => ({ iat: seconds(4), exp: seconds(60) }), 'ok'],
    ['a few seconds late', () => ({ iat: seconds(-64), exp: seconds(-4) }), 'ok'],
  ];
  for (const [title, given, code] of claims) {
    it(`one ${title}: ${code}`, async () => {
      equal(codeOf(await site.verify(await signed(site, given()), request)), code);
    });
  }

  const headers: readonly [title: string, header: object][] = [
    ['an access token’s type', { typ: 'at+jwt' }],
    ['no type', { typ: undefined }],
    ['another case of the type', { typ: 'Gatewarden-Assertion+JWT' }],
    ['a key of its own', { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' } }],
    ['a place of keys', { jku: 'https://evil.example/jwks.json' }],
    ['an unknown key', { kid: 'nobody' }],
    ['no key', { kid: undefined }],
  ];
  for (const [title, header] of headers) {
    it(`one whose header has ${title}: invalid_token`, async () => {
      equal(codeOf(await site.verify(await signed(site, {}, header), request)), 'invalid_token');
    });
  }

  it('an access token of the gateway', async () => {
    const user = await site.user('operator');
    const { token } = await site.access.signIn(user, caller);
    equal(codeOf(await site.verify(token, request)), 'invalid_token');
  });

  it('one signed with another key under the name of ours', async () => {
    const { kid } = await site.keys.current();
    const { privateKey } = await generateKeyPair('EdDSA');
    const forged = {
      ...site,
      keys: { ...site.keys, current: async () => ({ kid, algorithm: 'EdDSA', key: privateKey }) },
    };
    equal(codeOf(await site.verify(await signed(forged), request)), 'invalid_token');
  });

  const tampered: readonly [title: string, change: (parts: string[]) => Promise<string> | string][] = [
    ['without a signature', ([head, payload]) => `${head}.${payload}.`],
    ['of no algorithm', ([, payload]) => `${part({ alg: 'none', typ: 'gatewarden-assertion+jwt' })}.${payload}.`],
    [
      'with stray bits after the signature',
      ([head, payload, signature = '']) => `${head}.${payload}.${lastBitsOf(signature)}`,
    ],
    ['with padding', (parts) => `${parts.join('.')}==`],
    ['in two parts', ([head, payload]) => `${head}.${payload}`],
    ['of 9,000 characters', (parts) => parts.join('.').padEnd(9000, 'A')],
    ['with another payload', ([head, , signature]) => `${head}.${part({ sub: 'u_2' })}.${signature}`],
    [
      'signed by HMAC with the public key',
      async ([, payload]) => {
        const { kid, key } = await site.keys.current();
        const input = `${part({ alg: 'HS256', typ: 'gatewarden-assertion+jwt', kid })}.${payload}`;
        const { x = '' } = await exportJWK((await site.keys.verificationKey(kid))?.key ?? key);
        return `${input}.${createHmac('sha256', Buffer.from(x, 'base64url')).update(input).digest('base64url')}`;
      },
    ],
  ];
  for (const [title, change] of tampered) {
    it(`one ${title}: invalid_token`, async () => {
      const token = await change((await signed(site)).split('.'));
      equal(codeOf(await site.verify(token, request)), 'invalid_token');
    });
  }

  it('keys are not read for what cannot be one', async () => {
    const { verify, reads } = site;
    const already = reads();
    for (const token of [
      '',
      'a.b.c',
      await signed(site, { iss: 'https://evil.example' }),
      await signed(site, {}, { typ: 'JWT' }),
    ]) {
      equal(codeOf(await verify(token, request)), 'invalid_token');
    }
    equal(reads(), already);
  });
});

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The same bytes to a lenient decoder: the last character has bits that are not used. */
function lastBitsOf(signature: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = letters.indexOf(signature.at(-1) ?? '');
  return signature.slice(0, -1) + letters[last + 1];
}

describe('an assertion for one request', () => {
  for (const mode of ['reused', 'strict'] as const) {
    it(`is accepted once, for that request, by a service that asks for ${mode}`, async () => {
      const { sign, verify } = await opened(mode);
      const token = await sign.forRequest(ada, audience, request);
      const others = [
        { ...request, method: 'DELETE' },
        { ...request, method: 'post' },
        { ...request, target: '/jobs' },
        { ...request, target: '/jobs?x=1&' },
        { ...request, target: '' },
      ];
      // Refused ones do not use it up.
      for (const other of others) equal(codeOf(await verify(token, other)), 'invalid_token');
      equal(codeOf(await verify(token, request)), 'ok');
      equal(codeOf(await verify(token, request)), 'invalid_token');
    });
  }

  it('is accepted once of a hundred times at once', async () => {
    const { sign, verify } = await opened('strict');
    const token = await sign.forRequest(ada, audience, request);
    const answers = await Promise.all(Array.from({ length: 100 }, async () => codeOf(await verify(token, request))));
    equal(answers.filter((code) => code === 'ok').length, 1);
  });

  it('is asked of each request by a strict service: one that is reused is refused', async () => {
    const { sign, verify } = await opened('strict');
    equal(codeOf(await verify(await sign.for(ada, audience), request)), 'invalid_token');
  });

  it('is refused for now when more were used than are remembered', async () => {
    const { sign, verify } = await opened('strict', { mostUsed: 2 });
    const tokens = await Promise.all([1, 2, 3].map(() => sign.forRequest(ada, audience, request)));
    const codes = [];
    for (const token of tokens) codes.push(codeOf(await verify(token, request)));
    deepEqual(codes, ['ok', 'ok', 'store_unavailable']);
  });
});
