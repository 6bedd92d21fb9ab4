import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT } from 'jose';
import { refreshFamilyKind } from '../../lib/stores/records/kinds/refresh-family.ts';
import { accessTokens } from '../../lib/tokens/access-tokens.ts';
import { caller, codeOf, day, hour, issuer, openTokens } from './open.ts';

describe('an access token', () => {
  for (const algorithm of ['EdDSA', 'ES256'] as const) {
    it(`is a JWT of RFC 9068, signed with ${algorithm}`, async () => {
      const { access, user, keys, time } = await openTokens(algorithm);
      const pair = await access.signIn(await user('user'), caller);
      const { kid } = await keys.current();
      deepEqual(decodeProtectedHeader(pair.token), { alg: algorithm, typ: 'at+jwt', kid });
      const { jti, iat, exp, ...claims } = decodeJwt(pair.token);
      const sid = pair.sessionId;
      const auth_time = Math.floor(time.now / 1000);
      deepEqual(claims, { iss: issuer, aud: issuer, sub: 'u_user', client_id: 'gatewarden', sid, auth_time });
      ok(jti && jti.length >= 20);
      equal(iat, Math.floor(time.now / 1000));
      equal(exp, Math.floor((time.now + hour) / 1000));
      equal(pair.expiresAt, (exp ?? 0) * 1000);
      const verified = await access.verify(pair.token);
      deepEqual(verified, {
        ok: true,
        value: { kind: 'user', sub: 'u_user', clientId: 'gatewarden', sid: pair.sessionId, jti, exp, iat },
      });
    });
  }

  it('stands on a session of its own', async () => {
    const { access, user, stores, time } = await openTokens();
    const { sessionId } = await access.signIn(await user('user'), caller);
    const session = await stores.sessions.find(sessionId, time.now);
    deepEqual(
      [session?.kind, session?.method, session?.userId, session?.address, session?.expiresAt],
      ['api', 'password', 'u_user', '192.0.2.1', time.now + 30 * day],
    );
  });

  it('ends an hour after it was issued, give or take five seconds of clock', async () => {
    const { access, user, time } = await openTokens();
    const { token, expiresAt } = await access.signIn(await user('user'), caller);
    time.now = expiresAt + 4900;
    equal(codeOf(await access.verify(token)), 'ok');
    time.now = expiresAt + 5000;
    equal(codeOf(await access.verify(token)), 'token_expired');
  });
});

describe('a token that is not quite an access token of ours', () => {
  type Change = {
    header?: Record<string, unknown>;
    claims?: (claims: JWTPayload) => JWTPayload;
  };
  const without = (name: string) => (claims: JWTPayload) =>
    Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
  const withClaim = (name: string, value: unknown) => (claims: JWTPayload) => ({ ...claims, [name]: value });

  const forged: [title: string, change: Change][] = [
    ['of the type of assertions', { header: { typ: 'gatewarden-assertion+jwt' } }],
    ['of type JWT', { header: { typ: 'JWT' } }],
    ['of its type in other letters', { header: { typ: 'AT+JWT' } }],
    ['of its type with a prefix', { header: { typ: 'application/at+jwt' } }],
    ['without a type', { header: { typ: undefined } }],
    ['without a key id', { header: { kid: undefined } }],
    ['of an unknown key id', { header: { kid: 'x' } }],
    ['of a key id that is a path', { header: { kid: '../../../../dev/null' } }],
    ['that brings its key along', { header: { jwk: { kty: 'OKP' } } }],
    ['that says where its key is', { header: { jku: 'https://evil.example/jwks.json' } }],
    ['that says where its certificate is', { header: { x5u: 'https://evil.example/' } }],
    ['with a content type', { header: { cty: 'JWT' } }],
    ['of another issuer', { claims: withClaim('iss', 'https://other.example') }],
    ['of an issuer with a slash more', { claims: withClaim('iss', `${issuer}/`) }],
    ['of no issuer', { claims: without('iss') }],
    ['for another audience', { claims: withClaim('aud', 'https://other.example') }],
    ['for no audience', { claims: without('aud') }],
    ['for other audiences', { claims: withClaim('aud', ['a', 'b']) }],
    ['without an end', { claims: without('exp') }],
    ['whose end is a text', { claims: withClaim('exp', '9999999999') }],
    ['whose end is an object', { claims: withClaim('exp', { valueOf: 9_999_999_999 }) }],
    ['without a beginning', { claims: without('iat') }],
    ['that is not valid yet', { claims: withClaim('nbf', 9_999_999_999) }],
    ['whose not-before is a text', { claims: withClaim('nbf', '1') }],
    ['without a subject', { claims: without('sub') }],
    ['of an empty subject', { claims: withClaim('sub', '') }],
    ['of a list of subjects', { claims: withClaim('sub', ['u_admin']) }],
    ['without a session', { claims: without('sid') }],
    ['whose session is a number', { claims: withClaim('sid', 7) }],
    ['without an id', { claims: without('jti') }],
    ['without a client', { claims: without('client_id') }],
    ['whose scope is a list', { claims: withClaim('scope', ['a']) }],
  ];
  for (const [title, { header = {}, claims = (same: JWTPayload) => same }] of forged) {
    it(`${title} is refused, though our key signed it`, async () => {
      const { access, user, keys } = await openTokens();
      const { token } = await access.signIn(await user('user'), caller);
      const { key } = await keys.current();
      const made = new SignJWT(claims(decodeJwt(token)));
      const signed = await made
        .setProtectedHeader({ alg: 'EdDSA', ...decodeProtectedHeader(token), ...header })
        .sign(key);
      equal(codeOf(await access.verify(signed)), 'invalid_token');
    });
  }

  it('is taken with the same header and claims: the cases above fail for what they change', async () => {
    const { access, user, keys } = await openTokens();
    const { token } = await access.signIn(await user('user'), caller);
    const { key } = await keys.current();
    const made = new SignJWT({ ...decodeJwt(token), aud: ['x', issuer], scope: 'report:read deploy:write' });
    const signed = await made.setProtectedHeader({ alg: 'EdDSA', ...decodeProtectedHeader(token) }).sign(key);
    const verified = await access.verify(signed);
    ok(verified.ok);
    deepEqual(verified.value.scopes, ['report:read', 'deploy:write']);
  });

  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  type Pieces = { header: string; payload: string; signature: string; kid: string; publicKey: string };
  const broken: [title: string, make: (pieces: Pieces) => string][] = [
    ['of algorithm none', ({ payload, kid }) => `${part({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.`],
    [
      'of algorithm none with a signature',
      ({ payload, signature, kid }) => `${part({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.${signature}`,
    ],
    ['with an empty signature', ({ header, payload }) => `${header}.${payload}.`],
    ['without a signature', ({ header, payload }) => `${header}.${payload}`],
    [
      'signed with the public key as a secret',
      ({ payload, kid, publicKey }) => {
        const input = `${part({ alg: 'HS256', typ: 'at+jwt', kid })}.${payload}`;
        return `${input}.${createHmac('sha256', publicKey).update(input).digest('base64url')}`;
      },
    ],
    [
      'that names another algorithm',
      ({ payload, signature, kid }) => `${part({ alg: 'ES256', typ: 'at+jwt', kid })}.${payload}.${signature}`,
    ],
    [
      'with a critical extension',
      ({ payload, signature, kid }) =>
        `${part({ alg: 'EdDSA', typ: 'at+jwt', kid, crit: ['b64'], b64: false })}.${payload}.${signature}`,
    ],
    ['with another payload', ({ header, signature }) => `${header}.${part({ sub: 'u_admin' })}.${signature}`],
    ['with padding', ({ header, payload, signature }) => `${header}.${payload}.${signature}==`],
    [
      'with stray bits at the end',
      ({ header, payload, signature }) => `${header}.${payload}.${signature.slice(0, -1)}${strayOf(signature)}`,
    ],
    ['with a space in it', ({ header, payload, signature }) => `${header}.${payload}. ${signature}`],
    ['with a line break behind', ({ header, payload, signature }) => `${header}.${payload}.${signature}\n`],
    ['with four parts', ({ header, payload, signature }) => `${header}.${payload}.${signature}.`],
    [
      'in the plain base64 alphabet',
      ({ header, payload, signature }) =>
        `${header}.${payload}.${signature.replaceAll('-', '+').replaceAll('_', '/')}+`,
    ],
    ['whose header is a list', ({ payload, signature }) => `${part([])}.${payload}.${signature}`],
    [
      'whose header is no JSON',
      ({ payload, signature }) => `${Buffer.from('{').toString('base64url')}.${payload}.${signature}`,
    ],
    ['of 100 kB', ({ header, signature }) => `${header}.${'A'.repeat(100_000)}.${signature}`],
    ['that is empty', () => ''],
    ['of dots', () => '..'],
  ];
  /** The last character of 64 bytes holds two bits of them; the four below are nobody's. */
  const strayOf = (signature: string) => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return alphabet[alphabet.indexOf(signature.at(-1) ?? '') + 1] ?? 'B';
  };
  for (const [title, make] of broken) {
    it(`${title} is refused`, async () => {
      const { access, user, keys } = await openTokens();
      const { token } = await access.signIn(await user('user'), caller);
      const [header = '', payload = '', signature = ''] = token.split('.');
      const [jwk] = (await keys.jwks()).keys;
      const { kid } = await keys.current();
      const made = make({ header, payload, signature, kid, publicKey: JSON.stringify(jwk) });
      notEqual(made, token);
      equal(codeOf(await access.verify(made)), 'invalid_token');
    });
  }

  it('signed with a key of somebody else under our key id is refused', async () => {
    const { access, user, keys } = await openTokens();
    const { token } = await access.signIn(await user('user'), caller);
    const { privateKey } = generateKeyPairSync('ed25519');
    const { kid } = await keys.current();
    const forgedToken = await new SignJWT(decodeJwt(token))
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid })
      .sign(privateKey);
    equal(codeOf(await access.verify(forgedToken)), 'invalid_token');
  });
});

it('a sign-in beyond SESSIONS_PER_USER ends the tokens that were used longest ago, and says so', async () => {
  const { parts, user, events, stores, isValid, time } = await openTokens();
  const access = accessTokens({ ...parts, settings: { ...parts.settings, sessionsPerUser: 2 } });
  const bob = await user('user');
  const pairs = [];
  for (let n = 0; n < 3; n += 1) {
    pairs.push(await access.signIn(bob, caller));
    time.now += 1;
  }
  deepEqual(await Promise.all(pairs.map(({ sessionId }) => isValid(sessionId))), [false, true, true]);
  equal(codeOf(await access.refresh(pairs[0]?.refreshToken ?? '', caller)), 'invalid_token');
  equal(await stores.records.count(refreshFamilyKind), 2);
  const ended = events.filter(({ event }) => event === 'session.ended');
  deepEqual(
    ended.map(({ detail }) => detail),
    [{ session: pairs[0]?.sessionId, reason: 'SESSIONS_PER_USER' }],
  );
});
