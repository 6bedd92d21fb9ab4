import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { importJWK, SignJWT } from 'jose';
import { SettingsError } from '../../lib/errors.ts';
import { signingKeyKind } from '../../lib/stores/records/kinds/signing-key.ts';
import type { Records } from '../../lib/stores/records/records.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { type Algorithm, keyOf } from '../../lib/tokens/key.ts';
import { signingKeys } from '../../lib/tokens/keys.ts';
import { boxOf, day } from './open.ts';

async function open(algorithm: Algorithm = 'EdDSA') {
  const { records } = await openSqlite({ memory: true });
  const list = async () => (await records.list(signingKeyKind, { order: 'place', limit: 100 })).items.toReversed();
  const time = { now: 1_000_000_000_000 };
  const instance = (more: Partial<Parameters<typeof signingKeys>[0]> = {}) =>
    signingKeys({ records, box: boxOf('a'), algorithm, clock: () => time.now, ...more });
  return { records, list, time, instance };
}

describe('signing keys', () => {
  it('are made once, by 20 instances that start together', async () => {
    const { list, instance } = await open();
    const all = Array.from({ length: 20 }, () => instance());
    await Promise.all(all.map((keys) => keys.ready()));
    equal((await list()).length, 1);
    const kids = await Promise.all(all.map(async (keys) => (await keys.current()).kid));
    equal(new Set(kids).size, 1);
  });

  it('are made once, when another instance makes one after this one has found none', async () => {
    const { records, list, instance } = await open();
    const other = instance();
    let reads = 0;
    const listing: Records['list'] = async (...query) => {
      const found = await records.list(...query);
      reads += 1;
      if (reads === 1) await other.ready();
      return found;
    };
    const late = instance({ records: { ...records, list: listing } });
    await late.ready();
    deepEqual(
      (await list()).map(({ id }) => id),
      [(await other.current()).kid],
    );
    equal((await late.current()).kid, (await other.current()).kid);
  });

  for (const [longest, days] of [
    [undefined, 31],
    [day, 31],
    [60 * day, 61],
  ] as const) {
    it(`that were replaced verify for ${days} days where a token lives ${longest === undefined ? 'as long as by default' : `${longest / day} days`}`, async () => {
      const { time, instance } = await open();
      const keys = instance({ longest });
      const { kid } = await keys.current();
      await keys.rotate();
      time.now += days * day;
      await keys.rotate();
      notEqual(await keys.verificationKey(kid), undefined);
      time.now += 1;
      await keys.rotate();
      equal(await keys.verificationKey(kid), undefined);
    });
  }

  for (const algorithm of ['EdDSA', 'ES256'] as const) {
    it(`of ${algorithm} are published without their private half`, async () => {
      const { instance } = await open(algorithm);
      const keys = instance();
      await keys.ready();
      const [jwk] = (await keys.jwks()).keys;
      const { kid } = await keys.current();
      equal(JSON.stringify(jwk).includes('"d"'), false);
      deepEqual(jwk && { ...jwk, x: '', y: '' }, {
        ...(algorithm === 'EdDSA' ? { kty: 'OKP', crv: 'Ed25519' } : { kty: 'EC', crv: 'P-256' }),
        x: '',
        y: '',
        kid,
        alg: algorithm,
        use: 'sig',
      });
    });
  }

  it('are kept sealed', async () => {
    const { list, instance } = await open();
    await instance().ready();
    const [record] = await list();
    equal(JSON.stringify(record).includes('\\"d\\"'), false);
    match(boxOf('a').open(record?.sealed ?? '') ?? '', /"d"/);
  });

  it('that the secret key does not open stop the start, with a clear message and no key in it', async () => {
    const { list, instance } = await open();
    await instance().ready();
    const [record] = await list();
    await rejects(instance({ box: boxOf('b') }).ready(), (error) => {
      ok(error instanceof SettingsError);
      match(error.message, /SECRET_KEY/);
      equal(error.message.includes(record?.sealed ?? ''), false);
      return true;
    });
  });

  it('outlive the secret that seals them: a new secret before it makes a new key, once', async () => {
    const { list, instance } = await open();
    const before = instance();
    await before.ready();
    const rotated = [1, 2, 3].map(() => instance({ box: boxOf('b', 'a') }));
    await Promise.all(rotated.map((keys) => keys.ready()));
    equal((await list()).length, 2);
    const after = instance({ box: boxOf('b') });
    await after.ready();
    equal((await after.current()).kid, (await rotated[0]?.current())?.kid);
    ok(await after.verificationKey((await before.current()).kid));
    equal((await list()).length, 2);
  });

  it('that a newer secret seals are left alone by an instance that has only the older one', async () => {
    const { instance, time } = await open();
    const behind = instance();
    await behind.ready();
    const { kid } = await behind.current();
    const ahead = instance({ box: boxOf('b', 'a') });
    await ahead.ready();
    time.now += 61_000;
    ok(await behind.verificationKey((await ahead.current()).kid));
    equal((await behind.current()).kid, kid);
    const restarted = instance();
    await restarted.ready();
    equal((await restarted.current()).kid, kid);
  });

  it('are of the algorithm that is set; those of the other one verify still', async () => {
    const { instance, time } = await open();
    const before = instance();
    await before.ready();
    const { kid } = await before.current();
    time.now += 5000;
    const after = instance({ algorithm: 'ES256' });
    await after.ready();
    equal((await after.current()).algorithm, 'ES256');
    equal((await after.verificationKey(kid))?.algorithm, 'EdDSA');
    // No tug of war between instances that are set differently.
    const again = instance();
    await again.ready();
    equal((await again.current()).kid, kid);
  });

  it('are replaced once they are old, once by 20 instances at the same time', async () => {
    const { list, time, instance } = await open();
    const all = Array.from({ length: 20 }, () => instance());
    await Promise.all(all.map((keys) => keys.ready()));
    await Promise.all(all.map((keys) => keys.rotateAfter(90 * day)));
    equal((await list()).length, 1);
    time.now += 90 * day;
    await Promise.all(all.map((keys) => keys.rotateAfter(90 * day)));
    equal((await list()).length, 2);
    const [newest] = await list();
    for (const keys of all) equal((await keys.current()).kid, newest?.id);
  });

  it('are made beside one that cannot be read', async () => {
    const { records, list, instance } = await open();
    await instance().ready();
    const hiding: Records = {
      ...records,
      list: async (...query) => ({
        ...(await records.list(...query)),
        items: (await records.list(...query)).items.slice(1),
      }),
    };
    const all = [1, 2, 3].map(() => instance({ records: hiding }));
    await Promise.all(all.map((keys) => keys.ready()));
    deepEqual(
      (await list()).map(({ place }) => place),
      [2, 1],
    );
    const kids = await Promise.all(all.map(async (keys) => (await keys.current()).kid));
    deepEqual(new Set(kids), new Set([(await list())[0]?.id]));
  });

  it('when rotated sign with the new one, and verify with both until nothing of the old one lives', async () => {
    const { list, instance, time } = await open();
    const keys = instance();
    await keys.ready();
    const { kid: first } = await keys.current();
    time.now += 1000;
    await keys.rotate();
    const { kid: second } = await keys.current();
    notEqual(second, first);
    ok(await keys.verificationKey(first));
    equal((await keys.jwks()).keys.length, 2);
    time.now += 32 * day;
    await keys.rotate();
    deepEqual((await list()).map((record) => record.id).includes(first), false);
    ok(await keys.verificationKey(second));
    equal(await keys.verificationKey(first), undefined);
  });

  it('of another instance are found at once when they verify, and taken up for signing within a minute', async () => {
    const { instance, time } = await open();
    const [one, other] = [instance(), instance()];
    await one.ready();
    await other.ready();
    time.now += 2000;
    await one.rotate();
    const { kid } = await one.current();
    ok(await other.verificationKey(kid));
    const third = instance();
    await third.ready();
    time.now += 2000;
    await one.rotate();
    time.now += 61_000;
    await third.current();
    await new Promise(setImmediate);
    equal((await third.current()).kid, (await one.current()).kid);
  });

  it('that nobody made cost a look in the store at most once a second', async () => {
    const { records, time } = await open();
    let looks = 0;
    const counting: Records = {
      ...records,
      list: (...query) => {
        looks += 1;
        return records.list(...query);
      },
    };
    const keys = signingKeys({ records: counting, box: boxOf('a'), algorithm: 'EdDSA', clock: () => time.now });
    await keys.ready();
    looks = 0;
    time.now += 1000;
    for (let at = 0; at < 100; at++) equal(await keys.verificationKey(`invented-${at}`), undefined);
    equal(looks, 1);
  });

  it('serve while the store is down', async () => {
    const stores = await openSqlite({ memory: true });
    const time = { now: 1 };
    const keys = signingKeys({ records: stores.records, box: boxOf('a'), algorithm: 'EdDSA', clock: () => time.now });
    await keys.ready();
    const { kid } = await keys.current();
    await stores.close();
    time.now += 120_000;
    equal((await keys.current()).kid, kid);
    await new Promise(setImmediate);
    equal((await keys.current()).kid, kid);
  });

  it('in a JWK for encryption, or that is a secret, are none', async () => {
    const { instance } = await open();
    const keys = instance();
    await keys.ready();
    const [jwk] = (await keys.jwks()).keys;
    await rejects(keyOf({ ...jwk, use: 'enc' }, { kid: 'x', algorithm: 'EdDSA' }), TypeError);
    await rejects(keyOf({ kty: 'oct', k: 'AAAA' }, { kid: 'x', algorithm: 'HS256' }));
  });

  it('verify what they sign with any JOSE library', async () => {
    const { instance } = await open();
    const keys = instance();
    await keys.ready();
    const { key, kid, algorithm } = await keys.current();
    const jwt = await new SignJWT({}).setProtectedHeader({ alg: algorithm, kid }).sign(key);
    const [jwk] = (await keys.jwks()).keys;
    const { jwtVerify } = await import('jose');
    ok(await jwtVerify(jwt, await importJWK({ ...jwk }, algorithm)));
  });
});
