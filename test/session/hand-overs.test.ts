import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { describe, it } from 'node:test';
import { sha256 } from '../../lib/crypto/digest.ts';
import { randomBase62 } from '../../lib/crypto/random.ts';
import { secretBox } from '../../lib/crypto/secret-box.ts';
import { type HandOvers, handOvers } from '../../lib/session/hand-overs.ts';
import { signSessionId } from '../../lib/session/signed-cookie.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { handOverKind } from '../../lib/stores/records/kinds/hand-over.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Records } from '../../lib/stores/records/records.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { mongoRecords } from '../support/mongo-records.ts';
import { userNamed } from './serve.ts';

const hostname = 'wiki.example.org';
const settings = {
  publicUrl: 'https://auth.example.com',
  cookieName: undefined,
  cookieDomain: undefined,
  cookieSamesite: 'lax' as const,
};

const requestWith = (...cookies: string[]) => ({ headers: { cookie: cookies.join('; ') } }) as IncomingMessage;
const pairOf = (setCookie: string) => setCookie.split(';')[0] ?? '';

type Parts = Readonly<{ records?: Records; keys?: readonly Buffer[] }>;

/** A session of ada, its cookie at PUBLIC_URL, and a browser that was bound by the other host. */
async function open({ records: given, keys = [Buffer.alloc(32, 1)] }: Parts = {}) {
  const time = { now: Date.now() };
  const stores = await openSqlite({ memory: true, now: () => time.now });
  const records = given ?? stores.records;
  const ada = userNamed(`ada${randomBase62(6).toLowerCase()}`);
  await records.add(userKind, ada);
  const secretId = randomBase62(40);
  const id = sha256(secretId);
  const begun = { createdAt: time.now, lastSeenAt: time.now, expiresAt: time.now + 86_400_000, data: '{}' };
  const made = { kind: 'browser', method: 'password', epoch: 0, remember: false, userId: ada.id } as const;
  await stores.sessions.create({ id, ...made, ...begun, idleAt: time.now + 3_600_000 });
  const clock = given ? () => given.now() : () => time.now;
  const parts = { settings, secrets: ['new', 'old'], stores: { ...stores, records }, box: secretBox(keys), clock };
  const service = handOvers(parts);
  const atPublic = requestWith(`__Host-gatewarden=${encodeURIComponent(signSessionId(secretId, 'old'))}`);
  const { binding, setCookie } = service.bind(requestWith());
  const atHost = requestWith(pairOf(setCookie));
  const issue = async (by: HandOvers = service): Promise<string> => {
    const code = await by.issue(atPublic, id, { hostname, target: '/page', binding });
    if (!code.ok) throw new Error(code.refusal.code);
    return code.value;
  };
  return { time, records, stores, parts, service, ada, id, secretId, atPublic, atHost, binding, setCookie, issue };
}

describe('a session that is handed over', () => {
  it('is the same session: its cookie is that of PUBLIC_URL, signed by the first key', async () => {
    const { service, id, secretId, atHost, issue } = await open();
    const redeemed = await service.redeem(atHost, await issue(), hostname);
    equal(redeemed?.sessionId, id);
    equal(redeemed?.target, '/page');
    const value = encodeURIComponent(signSessionId(secretId, 'new'));
    equal(redeemed?.setCookie, `__Host-gatewarden=${value}; Path=/; HttpOnly; Secure; SameSite=Lax`);
  });

  it('is kept as digests and encrypted: no code, no secret and no session id can be read in the store', async () => {
    const { records, id, secretId, setCookie, issue } = await open();
    const code = await issue();
    const { items } = await records.list(handOverKind, { limit: 10 });
    const kept = JSON.stringify(items);
    equal(items.length, 1);
    for (const secret of [code, secretId, id, pairOf(setCookie).split('=')[1] ?? '?']) ok(!kept.includes(secret));
  });

  it('goes with its code once, and the code goes with the first attempt', async () => {
    const { service, atHost, issue } = await open();
    const code = await issue();
    equal(await service.redeem(requestWith(), code, hostname), undefined, 'without the cookie of the browser');
    equal(await service.redeem(atHost, code, hostname), undefined, 'used up');
  });

  it('is for its host', async () => {
    const { service, atHost, issue } = await open();
    equal(await service.redeem(atHost, await issue(), 'docs.example.net'), undefined);
    equal(await service.redeem(atHost, await issue(), ''), undefined);
  });

  it('is for its browser', async () => {
    const { service, issue } = await open();
    const other = requestWith(pairOf(service.bind(requestWith()).setCookie));
    equal(await service.redeem(other, await issue(), hostname), undefined);
  });

  it('has 30 seconds, by the clock of the store', async () => {
    const { service, atHost, time, issue } = await open();
    const [early, late] = [await issue(), await issue()];
    time.now += 29_999;
    ok(await service.redeem(atHost, early, hostname));
    time.now += 1;
    equal(await service.redeem(atHost, late, hostname), undefined);
  });

  it('has no more than that when the clock is set back', async () => {
    const { service, atHost, time, issue } = await open();
    const code = await issue();
    time.now -= 3_600_000;
    equal(await service.redeem(atHost, code, hostname), undefined);
  });

  it('is refused when it has ended meanwhile, or its user is not active any more', async () => {
    const one = await open();
    const code = await one.issue();
    await one.records.add(endedSessionKind, { id: one.id, userId: one.ada.id, endedAt: 1, until: one.time.now + 1e9 });
    equal(await one.service.redeem(one.atHost, code, hostname), undefined);
    const other = await open();
    const late = await other.issue();
    await other.records.change(userKind, other.ada.id, (record) =>
      record === undefined
        ? { kind: 'keep', answer: undefined }
        : { kind: 'put', record: { ...record, epoch: 1 }, answer: undefined },
    );
    equal(await other.service.redeem(other.atHost, late, hostname), undefined);
  });

  it('is refused when the key that encrypted it is gone', async () => {
    const { parts, atHost, service, issue } = await open();
    const codes = [await issue(), await issue()];
    const fresh = handOvers({ ...parts, box: secretBox([Buffer.alloc(32, 2)]) });
    equal(await fresh.redeem(atHost, codes[0] ?? '', hostname), undefined);
    ok(await service.redeem(atHost, codes[1] ?? '', hostname));
  });

  it('needs the cookie of the session at PUBLIC_URL', async () => {
    const { service, atPublic, id, binding } = await open();
    const to = { hostname, target: '/', binding };
    const codes = [service.issue(requestWith(), id, to), service.issue(atPublic, sha256('another'), to)];
    deepEqual(
      (await Promise.all(codes)).map((code) => code.ok || code.refusal.code),
      ['invalid_token', 'invalid_token'],
    );
  });

  it('is given out 60 times in 30 seconds to one session, and again after that', async () => {
    const { time, issue } = await open();
    for (let count = 0; count < 60; count += 1) await issue();
    await issue().then(
      () => ok(false, 'the 61st'),
      (error: Error) => equal(error.message, 'rate_limited'),
    );
    time.now += 30_000;
    match(await issue(), /^[0-9A-Za-z]{43}$/);
  });

  it('is not found by odd codes', async () => {
    const { service, atHost } = await open();
    for (const code of ['', 'x', '0'.repeat(43), 'é', '\0', '__proto__', 'a'.repeat(32_768)])
      equal(await service.redeem(atHost, code, hostname), undefined);
  });

  it('is swept away when nobody came for it', async () => {
    const { records, time, issue } = await open();
    await issue();
    equal(await records.sweep(handOverKind, 10), 0);
    time.now += 30_001;
    equal(await records.sweep(handOverKind, 10), 1);
  });
});

describe('the cookie that binds a browser', () => {
  it('keeps a secret that is there, and replaces whatever is not one', async () => {
    const { service, setCookie, binding } = await open();
    equal(service.bind(requestWith(pairOf(setCookie))).binding, binding);
    for (const odd of ['!', '""', 'a'.repeat(44), `${'a'.repeat(42)}é`, 'a'.repeat(4096)]) {
      const bound = service.bind(requestWith(`__Host-gatewarden-hand-over=${odd}`));
      ok(!bound.setCookie.includes(odd));
    }
  });

  it('is Secure and of one host on https, and a plain one on http', async () => {
    const { parts } = await open();
    const plain = handOvers({ ...parts, settings: { ...settings, publicUrl: 'http://auth.localhost:8080' } });
    const { setCookie } = plain.bind(requestWith());
    match(setCookie, /^gatewarden-hand-over=[0-9A-Za-z]{43}; Path=\/; Max-Age=900; HttpOnly; SameSite=Lax$/);
  });
});

const mongo = mongoRecords();

for (const [store, records] of [
  ['SQLite', () => undefined],
  ['MongoDB', mongo],
] as const) {
  it(`100 at once with one code, on ${store}: one of them gets the session`, { timeout: 120_000 }, async () => {
    const { parts, atHost, issue } = await open({ records: records() });
    const instances = [handOvers(parts), handOvers(parts)];
    const code = await issue();
    const all = Array.from({ length: 100 }, (_, at) => instances[at % 2]?.redeem(atHost, code, hostname));
    equal((await Promise.all(all)).filter((one) => one !== undefined).length, 1);
  });
}
