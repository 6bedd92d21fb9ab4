import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { assertionSigner } from '../../lib/tokens/assertions.ts';
import { issuer, openTokens, principal, scopes } from './open.ts';

async function open() {
  const { keys, time, access } = await openTokens();
  let signed = 0;
  const counting = {
    ...keys,
    current: () => {
      signed += 1;
      return keys.current();
    },
  };
  const sign = assertionSigner({ keys: counting, issuer, clock: () => time.now });
  return { keys, time, access, sign, count: () => signed };
}

const ada = principal('operator');

describe('an assertion', () => {
  it('says who asks and for which route, verified by the published keys', async () => {
    const { keys, sign, time } = await open();
    const token = await sign.for(ada, 'wiki');
    const jwks = createLocalJWKSet({ keys: [...(await keys.jwks()).keys] as [] });
    const { payload, protectedHeader } = await jwtVerify(token, jwks, {
      issuer,
      audience: 'wiki',
      typ: 'gatewarden-assertion+jwt',
      currentDate: new Date(time.now),
    });
    const iat = Math.floor(time.now / 1000);
    equal(protectedHeader.typ, 'gatewarden-assertion+jwt');
    deepEqual(payload, {
      iss: issuer,
      aud: 'wiki',
      sub: 'u_operator',
      name: 'operator',
      role: 'operator',
      scopes: scopes.heldBy('operator'),
      iat,
      exp: iat + 60,
    });
  });

  it('is no access token', async () => {
    const { access, sign } = await open();
    equal((await access.verify(await sign.for(ada, issuer))).ok, false);
  });

  it('is given at once for 30 seconds, then signed anew', async () => {
    const { sign, time, count } = await open();
    const first = await sign.for(ada, 'wiki');
    time.now += 29_999;
    equal(sign.for(ada, 'wiki'), first);
    time.now += 1;
    notEqual(await sign.for(ada, 'wiki'), first);
    equal(count(), 2);
  });

  it('is signed anew when the clock steps back', async () => {
    const { sign, time, count } = await open();
    await sign.for(ada, 'wiki');
    time.now -= 60_000;
    await sign.for(ada, 'wiki');
    equal(count(), 2);
  });

  it('is signed once, however many ask at once', async () => {
    const { sign, count } = await open();
    const tokens = await Promise.all(Array.from({ length: 100 }, () => sign.for(ada, 'wiki')));
    equal(new Set(tokens).size, 1);
    equal(count(), 1);
  });

  it('is one and the same for equal principals', async () => {
    const { sign } = await open();
    equal(sign.for({ ...ada }, 'wiki'), sign.for({ ...ada }, 'wiki'));
  });

  const others: [title: string, who: typeof ada, audience: string][] = [
    ['another route', ada, 'blog'],
    ['another user', principal('operator', { id: 'u_other' }), 'wiki'],
    ['another role', principal('operator', { role: 'viewer' }), 'wiki'],
    ['other scopes', principal('operator', { scopes: ['report:read'] }), 'wiki'],
    ['another name', principal('operator', { name: 'wiki\n' }), 'wiki'],
    ['a credential that ends', principal('operator', { expiresAt: Date.now() + 10_000 }), 'wiki'],
  ];
  for (const [title, who, audience] of others) {
    it(`is another one for ${title}`, async () => {
      const { sign } = await open();
      notEqual(await sign.for(who, audience), await sign.for(ada, 'wiki'));
    });
  }

  it('ends with the credential of the principal', async () => {
    const { sign, time } = await open();
    const token = await sign.for(principal('operator', { expiresAt: time.now + 10_000 }), 'wiki');
    const { exp } = decodeJwt(token);
    ok((exp ?? 0) * 1000 <= time.now + 11_000);
  });

  it('names nobody when nobody is signed in', async () => {
    const { sign } = await open();
    const anonymous = principal('anony', { kind: 'anonymous', id: '', name: '', via: 'none' });
    const token = await sign.for(anonymous, 'wiki');
    deepEqual([decodeJwt(token).sub, decodeJwt(token).name], ['anonymous', '']);
    equal(decodeProtectedHeader(token).alg, 'EdDSA');
  });

  it('that cannot be signed is tried again', async () => {
    const { keys } = await open();
    let fails = true;
    const failing = { ...keys, current: () => (fails ? Promise.reject(new Error('down')) : keys.current()) };
    const sign = assertionSigner({ keys: failing, issuer });
    await rejects(async () => sign.for(ada, 'wiki'), /down/);
    fails = false;
    ok(await sign.for(ada, 'wiki'));
  });
});

describe('an assertion for one request', () => {
  const request = { method: 'POST', target: '/jobs/7?force=%C3%A9&force=%20' };

  it('adds the method, the hash of the target and an id to what every assertion says', async () => {
    const { sign, time } = await open();
    const { jti, ...claims } = decodeJwt(await sign.forRequest(ada, 'wiki', request));
    match(jti ?? '', /^[\w-]{36}$/);
    deepEqual(claims, {
      ...decodeJwt(await sign.for(ada, 'wiki')),
      htm: 'POST',
      target_hash: createHash('sha256').update(request.target).digest('base64url'),
      exp: Math.floor(time.now / 1000) + 60,
    });
  });

  it('hashes the bytes of the target, one character each', async () => {
    const { sign } = await open();
    const target = Buffer.from('/é', 'utf8').toString('latin1');
    const { target_hash: hash } = decodeJwt(await sign.forRequest(ada, 'wiki', { method: 'GET', target }));
    equal(hash, createHash('sha256').update('/é', 'utf8').digest('base64url'));
  });

  it('is signed anew each time, and leaves the reused one alone', async () => {
    const { sign, count } = await open();
    const reused = await sign.for(ada, 'wiki');
    const strict = await Promise.all([1, 2, 3].map(() => sign.forRequest(ada, 'wiki', request)));
    equal(new Set(strict.map((token) => decodeJwt(token).jti)).size, 3);
    equal(sign.for(ada, 'wiki'), reused);
    equal(count(), 4);
  });

  it('ends with the credential of the principal', async () => {
    const { sign, time } = await open();
    const who = principal('operator', { expiresAt: time.now + 10_000 });
    const { exp } = decodeJwt(await sign.forRequest(who, 'wiki', request));
    ok((exp ?? 0) * 1000 <= time.now + 11_000);
  });
});
