import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { clientSignIn } from '../../lib/accounts/client-sign-in.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import { makeToken } from '../../lib/crypto/random.ts';
import type { Result } from '../../lib/errors.ts';
import { credentialCache } from '../../lib/request/authenticate/cache.ts';
import { clientSecrets } from '../../lib/request/authenticate/client-secret.ts';
import { principals } from '../../lib/request/authenticate/principal.ts';
import { scopeTable } from '../../lib/request/authorize/scopes.ts';
import type { Caller } from '../../lib/services.ts';
import { type ClientRecord, clientKind } from '../../lib/stores/records/kinds/client.ts';
import { openAccounts, roles } from './open.ts';

const secret = makeToken('gws_');
const older = makeToken('gws_');
const here = { address: '192.0.2.7', agent: 'curl' };
const elsewhere = { address: '192.0.2.8' };

const clientOf = (more: Partial<ClientRecord> = {}): ClientRecord => ({
  ...{ id: 'client:ci', name: 'Builds', role: 'user', scopes: [], state: 'active', epoch: 0, rights: 0 },
  secrets: [
    { hash: sha256(secret), createdAt: 2 },
    { hash: sha256(older), createdAt: 1 },
  ],
  ...{ createdAt: 1, updatedAt: 1 },
  ...more,
});

async function opened(more: Partial<ClientRecord> = {}, settings: Parameters<typeof openAccounts>[0] = {}) {
  const accounts = await openAccounts(settings);
  const { records } = accounts.stores;
  await records.add(clientKind, clientOf(more));
  const { bus, clock } = accounts.parts;
  const cache = credentialCache({ bus, clocks: { monotonic: clock, wall: clock } });
  const secrets = clientSecrets({ records, principals: principals(roles, scopeTable('', roles)), cache, clock });
  const { verify } = clientSignIn({ ...accounts.parts, secrets });
  const sign = (given: unknown, caller: Caller = here, clientId: unknown = 'ci') =>
    verify({ clientId, secret: given }, caller);
  return { ...accounts, records, verify, sign, bus };
}

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.refusal.code);
const codes = (results: readonly Result<unknown>[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(results, codeOf)].map(([code, some]) => [code, some.length]));

describe('a client signs in', () => {
  it('with either of its two secrets, however often', async () => {
    const { sign } = await opened();
    for (let times = 0; times < 10; times += 1) {
      equal(codeOf(await sign(secret)), 'ok');
      equal(codeOf(await sign(older)), 'ok');
    }
  });

  const refused: [title: string, more: Partial<ClientRecord>][] = [
    ['that is deactivated', { state: 'disabled' }],
    ['that was deleted', { state: 'removed', secrets: [] }],
    ['that has expired', { expiresAt: 5 }],
    ['whose maker is not there', { makers: ['t_gone'], userId: 'u_gone' }],
    ['that has no secret', { secrets: [] }],
  ];
  for (const [title, more] of refused) {
    it(`is refused as one with a wrong secret is: one ${title}`, async () => {
      const { sign } = await opened(more);
      deepEqual(await sign(secret), { ok: false, refusal: { code: 'invalid_credentials' } });
      deepEqual(await sign(makeToken('gws_')), { ok: false, refusal: { code: 'invalid_credentials' } });
    });
  }

  it('is refused alike when it is unknown, and when nothing fits', async () => {
    const { verify } = await opened({}, { loginMaxFailures: 1000, loginMaxFailuresAddress: 1000 });
    const strange = [
      undefined,
      null,
      1,
      {},
      [],
      ['ci'],
      { $ne: '' },
      '',
      'CI',
      'client:ci',
      'ci\u0000',
      '__proto__',
      '\ud800',
    ];
    for (const clientId of [...strange, 'nobody', 'c'.repeat(32_768)]) {
      deepEqual(await verify({ clientId, secret }, here), { ok: false, refusal: { code: 'invalid_credentials' } });
    }
    for (const given of [...strange, sha256(secret), `${secret} `, 's'.repeat(32_768)]) {
      deepEqual(await verify({ clientId: 'ci', secret: given }, here), {
        ok: false,
        refusal: { code: 'invalid_credentials' },
      });
    }
  });

  it('is recorded by its name, and an unknown one by a digest of what was typed', async () => {
    const { sign, events } = await opened();
    await sign(secret);
    await sign('wrong');
    await sign(secret, here, secret);
    deepEqual(
      events.map(({ event, actor, outcome, address, detail }) => [
        event,
        actor.replace(/:.{16}$/, ':…'),
        outcome,
        address,
        detail,
      ]),
      [
        ['login.succeeded', 'client:ci', 'ok', '192.0.2.7', { door: 'client', method: 'secret' }],
        ['login.failed', 'client:ci', 'invalid_credentials', '192.0.2.7', { door: 'client', method: 'secret' }],
        ['login.failed', 'unknown:…', 'invalid_credentials', '192.0.2.7', { door: 'client', method: 'secret' }],
      ],
    );
    equal(JSON.stringify(events).includes('gws_'), false);
  });

  it('is remembered as used, at most once a minute', async () => {
    const { sign, records, time } = await opened();
    const used = async () => (await records.get(clientKind, 'client:ci'))?.lastUsedAt;
    const first = time.now;
    await sign(secret);
    equal(await used(), first);
    time.now += 59_000;
    await sign(secret);
    equal(await used(), first);
    time.now += 1_000;
    await sign(secret);
    equal(await used(), first + 60_000);
  });
});

describe('wrong secrets', () => {
  it('stop a client from that address after five, with a wait, also with the right one', async () => {
    const { sign } = await opened();
    for (let times = 0; times < 5; times += 1) equal(codeOf(await sign('wrong')), 'invalid_credentials');
    const limited = await sign(secret);
    ok(!limited.ok);
    equal(limited.refusal.code, 'rate_limited');
    ok((limited.refusal.retryAfter ?? 0) > 0 && (limited.refusal.retryAfter ?? 0) <= 900);
    equal(codeOf(await sign(secret, elsewhere)), 'ok');
  });

  it('count for one client: a right secret resets the counter, and counts for nothing', async () => {
    const { sign } = await opened();
    for (let times = 0; times < 12; times += 1) {
      for (let typos = 0; typos < 4; typos += 1) equal(codeOf(await sign('wrong')), 'invalid_credentials');
      equal(codeOf(await sign(secret)), 'ok');
    }
  });

  it('a hundred at once: five are compared, none of the others learns anything', async () => {
    const { sign } = await opened();
    const results = await Promise.all(Array.from({ length: 100 }, () => sign('wrong')));
    deepEqual(codes(results), { invalid_credentials: 5, rate_limited: 95 });
  });

  it('a hundred right ones at once all pass', async () => {
    const { sign } = await opened();
    deepEqual(codes(await Promise.all(Array.from({ length: 100 }, () => sign(secret)))), { ok: 100 });
  });

  it('with invented ids stop the address after a hundred, and nobody who has signed in from there', async () => {
    const { sign } = await opened();
    equal(codeOf(await sign(secret)), 'ok');
    for (let at = 0; at < 100; at += 1) equal(codeOf(await sign('wrong', here, `nobody-${at}`)), 'invalid_credentials');
    equal(codeOf(await sign('wrong', here, 'nobody-else')), 'rate_limited');
    equal(codeOf(await sign(secret)), 'ok');
    equal(codeOf(await sign(secret, elsewhere)), 'ok');
  });

  it('count by the /64 of an IPv6 address', async () => {
    const { sign } = await opened();
    const from = (host: number) => ({ address: `2001:db8::${host}` });
    for (let host = 1; host <= 5; host += 1) equal(codeOf(await sign('wrong', from(host))), 'invalid_credentials');
    equal(codeOf(await sign(secret, from(6))), 'rate_limited');
  });
});

describe('a right secret is remembered', () => {
  it('without reading a store again', async () => {
    const { sign, records } = await opened();
    equal(codeOf(await sign(secret)), 'ok');
    const { mock: reads } = mock.method(records, 'get');
    for (let times = 0; times < 20; times += 1) equal(codeOf(await sign(secret)), 'ok');
    equal(reads.callCount(), 0);
    equal(codeOf(await sign(older)), 'ok');
    ok(reads.callCount() > 0);
  });

  it('until it is told that its client changed', async () => {
    const { sign, records, bus } = await opened();
    equal(codeOf(await sign(secret)), 'ok');
    const changed = await records.change(clientKind, 'client:ci', (client) =>
      client === undefined
        ? { kind: 'keep', answer: undefined }
        : { kind: 'put', record: { ...client, state: 'disabled' as const }, answer: undefined },
    );
    await bus.publish({
      kind: 'token',
      id: 'client:ci',
      version: (changed.kind === 'done' && changed.record?.version) || 0,
    });
    equal(codeOf(await sign(secret)), 'invalid_credentials');
  });

  it('until its client expires', async () => {
    const { sign, time } = await opened({ expiresAt: Date.now() + 5_000 });
    equal(codeOf(await sign(secret)), 'ok');
    time.now += 5_000;
    equal(codeOf(await sign(secret)), 'invalid_credentials');
  });

  it('not once a limit was reached from that address', async () => {
    const { sign } = await opened();
    equal(codeOf(await sign(secret)), 'ok');
    for (let times = 0; times < 5; times += 1) equal(codeOf(await sign('wrong')), 'invalid_credentials');
    equal(codeOf(await sign(secret)), 'rate_limited');
    equal(codeOf(await sign(secret, elsewhere)), 'ok');
    equal(codeOf(await sign(secret)), 'rate_limited');
  });
});
