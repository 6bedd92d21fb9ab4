import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mostWaiting } from '../../lib/accounts/devices/waiting.ts';
import { deviceGrantKind } from '../../lib/stores/records/kinds/device-grant.ts';
import { codeOf, granted, hour, issuer, principal } from '../tokens/open.ts';
import { answerOf, caller, device, openDevices } from './devices-open.ts';

const minute = 60_000;

describe('a device that waits', () => {
  it('gets a code for itself and one for people, of which only digests are kept', async () => {
    const { begin, records } = await openDevices();
    const { deviceCode, userCode, expiresIn, interval } = await begin();
    match(deviceCode, /^[0-9A-Za-z]{43}$/);
    match(userCode, /^[B-Z]{4}-[B-Z]{4}$/);
    deepEqual([expiresIn, interval], [600, 5]);
    const { items } = await records.list(deviceGrantKind, { limit: 10 });
    const kept = JSON.stringify(items);
    equal(kept.includes(deviceCode) || kept.includes(userCode) || kept.includes(userCode.replace('-', '')), false);
  });

  it('is only one of the public client, and names scopes that exist', async () => {
    const { devices } = await openDevices();
    const begun = (clientId: string, scopes?: string[]) => devices.begin({ clientId, scopes }, device).then(codeOf);
    deepEqual(
      [await begun('ci'), await begun('gatewarden', ['report:read', 'nothing']), await begun('gatewarden', [])],
      ['invalid_credentials', 'insufficient_scope', 'ok'],
    );
  });

  it('is pending, told to slow down when it asks too often, and expires', async () => {
    const { begin, poll, time } = await openDevices();
    const { deviceCode } = await begin();
    equal(await poll(deviceCode), 'authorization_pending');
    equal(await poll(deviceCode), 'slow_down');
    time.now += 5_000;
    equal(await poll(deviceCode), 'slow_down', 'the interval is ten seconds by now');
    time.now += 15_000;
    equal(await poll(deviceCode), 'authorization_pending');
    time.now += 10 * minute;
    equal(await poll(deviceCode), 'expired_token');
    equal(await poll(deviceCode), 'expired_token');
    await Promise.all([poll('x'), poll('0'.repeat(43)), poll('é'.repeat(43)), poll('a'.repeat(32_768))]).then(
      (errors) => deepEqual([...new Set(errors)], ['invalid_grant']),
    );
  });

  it('is shown to whoever has its code: who asks, from where, since when', async () => {
    const { devices, person, time } = await openDevices();
    const begun = granted(await devices.begin({ clientId: 'gatewarden', scopes: ['report:read'] }, device));
    const found = granted(await devices.find(begun.userCode.toLowerCase().replace('-', ' '), await person('user')));
    deepEqual(found, {
      ...{ userCode: begun.userCode, clientId: 'gatewarden', scopes: ['report:read'], ...device },
      ...{ createdAt: time.now, expiresAt: time.now + 10 * minute },
    });
  });
});

describe('a device that is approved', () => {
  it('is signed in as the approver, since the approval, and once', async () => {
    const { devices, begin, person, poll, typed, time, access, isValid, stores, events } = await openDevices();
    const { deviceCode, userCode } = await begin();
    granted(await devices.approve(userCode, await typed('operator'), await person('operator')));
    const approvedAt = time.now;
    time.now += 3 * minute;
    const redeemed = await devices.redeem(deviceCode, 'gatewarden', device);
    ok(redeemed.kind === 'granted');
    const { token, sessionId, refreshToken, scopes } = redeemed.pair;
    deepEqual([scopes, await isValid(sessionId)], [undefined, true]);
    const session = await stores.sessions.find(sessionId, time.now);
    deepEqual(
      [session?.method, session?.kind, session?.createdAt, session?.lastSeenAt, session?.address, session?.agent],
      ['device', 'api', approvedAt, time.now, device.address, device.agent],
    );
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    deepEqual(
      [claims.iss, claims.sub, claims.client_id, claims.auth_time],
      [issuer, 'u_operator', 'gatewarden', Math.floor(approvedAt / 1000)],
    );
    equal(codeOf(await access.refresh(refreshToken ?? '', caller)), 'ok');
    equal(await poll(deviceCode), 'invalid_grant');
    deepEqual(
      events.map(({ event, actor, outcome, detail }) => [event, actor, outcome, detail]),
      [
        ['device.approved', 'operator', 'ok', { client: 'gatewarden', from: device.address, typed: true }],
        ['login.succeeded', 'operator', 'ok', { door: 'device', method: 'device' }],
      ],
    );
  });

  it('with the password, is fresh from the approval on; refreshing renews nothing', async () => {
    const { devices, begin, person, typed, time, access } = await openDevices();
    const { deviceCode, userCode } = await begin();
    granted(await devices.approve(userCode, await typed('user'), await person('user')));
    time.now += 9 * minute;
    const redeemed = await devices.redeem(deviceCode, 'gatewarden', device);
    ok(redeemed.kind === 'granted');
    const { sessionId, refreshToken = '' } = redeemed.pair;
    const isFresh = () => access.isFresh(principal('user', { via: 'access-token', sessionId }));
    time.now += 6 * minute;
    equal(await isFresh(), true);
    granted(await access.refresh(refreshToken, caller));
    time.now += 1;
    equal(await isFresh(), false);
  });

  it('without the password, is never fresh, and has no auth_time', async () => {
    const { devices, begin, person, access, stores, time, events } = await openDevices();
    const { deviceCode, userCode } = await begin();
    const ada = await person('user');
    granted(await devices.approve(userCode, { kind: 'untyped' }, ada));
    granted(await devices.approve(userCode, { kind: 'untyped' }, ada));
    const redeemed = await devices.redeem(deviceCode, 'gatewarden', device);
    ok(redeemed.kind === 'granted');
    const { sessionId, token } = redeemed.pair;
    equal(await access.isFresh(principal('user', { via: 'access-token', sessionId })), false);
    equal((await stores.sessions.find(sessionId, time.now))?.method, 'device-untyped');
    deepEqual(
      events.map(({ event, detail }) => [event, detail]),
      [
        ['device.approved', { client: 'gatewarden', from: device.address, typed: false }],
        ['login.succeeded', { door: 'device', method: 'device-untyped' }],
      ],
      'the second approval is none of its own',
    );
    equal(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).auth_time, undefined);
  });

  it('holds no more than the scopes that it asked for, after a refresh neither', async () => {
    const { devices, person, typed, access } = await openDevices();
    const scopes = ['gatewarden:read', 'report:read', 'gatewarden:read'];
    const begun = granted(await devices.begin({ clientId: 'gatewarden', scopes }, device));
    granted(await devices.approve(begun.userCode, await typed('user'), await person('user')));
    const redeemed = await devices.redeem(begun.deviceCode, 'gatewarden', device);
    ok(redeemed.kind === 'granted');
    deepEqual(redeemed.pair.scopes, ['gatewarden:read', 'report:read']);
    const next = granted(await access.refresh(redeemed.pair.refreshToken ?? '', caller));
    for (const { token } of [redeemed.pair, next]) {
      const claims = granted(await access.verify(token));
      ok(claims.kind === 'user');
      deepEqual(claims.scopes, ['gatewarden:read', 'report:read']);
    }
  });

  it('can be refused by its approver until it has its tokens', async () => {
    const { devices, begin, person, poll, typed } = await openDevices();
    const { deviceCode, userCode } = await begin();
    const ada = await person('user');
    granted(await devices.approve(userCode, await typed('user'), ada));
    equal(codeOf(await devices.deny(userCode, await person('admin'))), 'not_found');
    equal(codeOf(await devices.deny(userCode, ada)), 'ok');
    equal(await poll(deviceCode), 'access_denied');
    equal(await poll(deviceCode), 'invalid_grant');
  });
});

describe('an approval does not outlive', () => {
  const endings: readonly (readonly [string, (opened: Awaited<ReturnType<typeof openDevices>>) => Promise<unknown>])[] =
    [
      ['a change of the password', ({ raiseEpoch }) => raiseEpoch('user')],
      ['a deactivation', ({ edit }) => edit('user', () => ({ state: 'disabled' }))],
      ['a deletion', ({ edit }) => edit('user', () => ({ state: 'removed' }))],
      [
        'a deactivation that was taken back',
        async ({ edit, raiseEpoch }) => {
          await raiseEpoch('user');
          await edit('user', () => ({ state: 'active' }));
        },
      ],
    ];
  for (const [title, end] of endings) {
    it(title, async () => {
      const opened = await openDevices();
      const { devices, begin, person, poll, typed, events } = opened;
      const { deviceCode, userCode } = await begin();
      granted(await devices.approve(userCode, await typed('user'), await person('user')));
      await end(opened);
      equal(await poll(deviceCode), 'access_denied');
      equal(await poll(deviceCode), 'invalid_grant');
      const last = events.at(-1);
      deepEqual([last?.event, last?.outcome], ['login.failed', 'token_revoked']);
    });
  }

  it('a session that was ended before it was given', async () => {
    const { devices, begin, person, poll, typed, raiseEpoch } = await openDevices();
    const { deviceCode, userCode } = await begin();
    const ada = await person('user');
    const before = await typed('user');
    await raiseEpoch('user');
    for (const approval of [before, await typed('user'), { kind: 'untyped' } as const]) {
      equal(codeOf(await devices.approve(userCode, approval, ada)), 'token_revoked');
    }
    equal(codeOf(await devices.find(userCode, ada)), 'token_revoked');
    equal(codeOf(await devices.deny(userCode, ada)), 'token_revoked');
    equal(codeOf(await devices.approve(userCode, before, await person('user'))), 'token_revoked', 'the old password');
    equal(await poll(deviceCode), 'authorization_pending');
  });
});

describe('who may decide', () => {
  const others = ['access-token', 'api-token', 'auto-login', 'none', 'command'] as const;
  for (const via of others) {
    it(`not a principal via ${via}`, async () => {
      const { devices, begin, person } = await openDevices();
      const { userCode } = await begin();
      const { principal: who } = await person('admin');
      const by = { principal: { ...who, via }, address: '192.0.2.1' };
      const refusals = [
        await devices.find(userCode, by),
        await devices.approve(userCode, { kind: 'untyped' }, by),
        await devices.deny(userCode, by),
      ];
      deepEqual(refusals.map(codeOf), ['missing_credential', 'missing_credential', 'missing_credential']);
    });
  }
});

describe('wrong codes', () => {
  const doors = ['find', 'approve', 'deny'] as const;
  type Opened = Awaited<ReturnType<typeof openDevices>>;
  const knock = (
    { devices }: Opened,
    door: (typeof doors)[number],
    code: unknown,
    by: Parameters<typeof devices.find>[1],
  ) => (door === 'approve' ? devices.approve(code, { kind: 'untyped' }, by) : devices[door](code, by));

  it('are counted together at every door; then the right one is refused too', async () => {
    const opened = await openDevices();
    const { begin, person, events } = opened;
    const { userCode } = await begin();
    const ada = await person('user');
    const outcomes: string[] = [];
    for (let at = 0; at < 7; at += 1) {
      const code = at === 6 ? userCode : 'BCDF-GHJK';
      outcomes.push(codeOf(await knock(opened, doors[at % 3] ?? 'find', code, ada)));
    }
    deepEqual(outcomes, [...Array(5).fill('not_found'), 'rate_limited', 'rate_limited']);
    equal(events.filter(({ event }) => event === 'login.failed').length, 7);
    // Another session of the same user, at the same address.
    equal(codeOf(await knock(opened, 'find', userCode, await person('user'))), 'rate_limited');
    equal(codeOf(await knock(opened, 'find', userCode, await person('operator'))), 'ok', 'nobody else is limited');
  });

  it('100 at once: five are compared', async () => {
    const opened = await openDevices();
    const ada = await opened.person('user');
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => knock(opened, 'find', 'BCDF-GHJK', ada)));
    equal(outcomes.filter((one) => codeOf(one) === 'not_found').length, 5);
  });

  it('have one answer, whatever is wrong with them', async () => {
    const opened = await openDevices(undefined, { loginMaxFailures: 50 });
    const { devices, begin, person, typed, time } = opened;
    const [ada, bob] = [await person('user'), await person('operator')];
    const [expired, denied, approved, redeemed] = [await begin(), await begin(), await begin(), await begin()];
    time.now += 10 * minute;
    equal(codeOf(await devices.find(expired.userCode, ada)), 'not_found');
    time.now -= 9 * minute;
    granted(await devices.deny(denied.userCode, ada));
    for (const one of [approved, redeemed]) granted(await devices.approve(one.userCode, await typed('user'), ada));
    equal(answerOf(await devices.redeem(redeemed.deviceCode, 'gatewarden', device)), 'granted');
    const unknown = await devices.find('BCDF-GHJK', bob);
    for (const { userCode } of [denied, approved, redeemed]) deepEqual(await devices.find(userCode, bob), unknown);
    const decided = [approved.userCode, redeemed.userCode, 'BCDF-GHJK', '', undefined, 'x'.repeat(32_768), ['a'], {}];
    for (const code of decided) {
      deepEqual(await devices.approve(code, { kind: 'untyped' }, bob), unknown);
      deepEqual(await devices.deny(code, bob), unknown);
    }
  });
});

describe('waiting devices are bounded', () => {
  it('for an address, by /64; a place is free when a device is done', async () => {
    const { devices, begin, person, typed, poll } = await openDevices();
    const from = (last: number) => ({ address: `2001:db8::${last.toString(16)}` });
    const begun = [];
    for (let at = 0; at < mostWaiting.ofAddress; at += 1) begun.push(await begin({ ...device, ...from(at + 1) }));
    const again = () => devices.begin({ clientId: 'gatewarden' }, from(0xffff));
    const refusal = await again();
    equal(codeOf(refusal), 'rate_limited');
    ok(!refusal.ok && refusal.refusal.retryAfter === 60);
    equal(codeOf(await devices.begin({ clientId: 'gatewarden' }, { address: '2001:db8:0:1::1' })), 'ok');
    const [first, second] = begun;
    ok(first && second);
    granted(await devices.approve(first.userCode, await typed('user'), await person('user')));
    equal(await poll(first.deviceCode), 'granted');
    equal(codeOf(await again()), 'ok');
    granted(await devices.deny(second.userCode, await person('user')));
    equal(await poll(second.deviceCode), 'access_denied');
    equal(codeOf(await again()), 'ok');
    equal(codeOf(await again()), 'rate_limited');
  });

  it('a request that expired is deleted once its device could learn of it', async () => {
    const { begin, records, time } = await openDevices();
    await begin();
    time.now += 19 * minute;
    equal(await records.sweep(deviceGrantKind, 10), 0);
    time.now += hour;
    equal(await records.sweep(deviceGrantKind, 10), 1);
  });

  it('no two requests share a code', async () => {
    const { begin } = await openDevices();
    const all = [];
    for (let at = 0; at < 20; at += 1) all.push(await begin({ ...device, address: `10.0.0.${at}` }));
    equal(new Set(all.map(({ userCode }) => userCode)).size, 20);
    notEqual(all[0]?.deviceCode, all[1]?.deviceCode);
  });
});
