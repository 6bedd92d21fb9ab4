import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { devicesService } from '../../lib/accounts/devices/index.ts';
import { StoreUnavailableError } from '../../lib/errors.ts';
import { mongoRecords } from '../support/mongo-records.ts';
import { codeOf, granted } from '../tokens/open.ts';
import { answerOf, device, openDevices } from './devices-open.ts';

const onMongo = mongoRecords();

type Opened = Awaited<ReturnType<typeof openDevices>>;

const engines: readonly (readonly [engine: string, open: () => Promise<Opened>])[] = [
  ['SQLite', () => openDevices()],
  ['MongoDB', () => openDevices(onMongo())],
];

/** How often each outcome occurs. */
function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of outcomes) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

const times = <T>(n: number, one: (at: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, at) => one(at)));

for (const [engine, open] of engines) {
  describe(`devices on ${engine}`, () => {
    it('100 polls after the approval: one gets the tokens, and there is one session', async () => {
      const { devices, begin, person, typed, stores, time, poll } = await open();
      const { deviceCode, userCode } = await begin();
      granted(await devices.approve(userCode, await typed('user'), await person('user')));
      deepEqual(tally(await times(100, () => poll(deviceCode))), { granted: 1, invalid_grant: 99 });
      const { items } = await stores.sessions.listOf('u_user', time.now, { limit: 50 });
      equal(items.filter(({ method }) => method === 'device').length, 1);
    });

    it('100 polls before it: each is answered, and none twice as pending', async () => {
      const { begin, poll } = await open();
      const { deviceCode } = await begin();
      deepEqual(tally(await times(100, () => poll(deviceCode))), { authorization_pending: 1, slow_down: 99 });
    });

    it('an approval and a refusal by two people at once: one of them holds', async () => {
      const opened = await open();
      const { devices, begin, person, typed, poll } = opened;
      const [ada, bob] = [await person('user'), await person('operator')];
      const approval = await typed('user');
      for (let round = 0; round < 10; round += 1) {
        const { deviceCode, userCode } = await begin();
        const [approved, denied] = await Promise.all([
          devices.approve(userCode, approval, ada),
          devices.deny(userCode, bob),
        ]);
        const outcomes = [approved, denied].map(codeOf);
        ok(['ok,not_found', 'not_found,ok'].includes(String(outcomes)), String(outcomes));
        equal(await poll(deviceCode), approved.ok ? 'granted' : 'access_denied');
      }
    });

    it('while the password is changed: no device is signed in that the new epoch does not know', async () => {
      const { devices, begin, person, typed, raiseEpoch, isValid } = await open();
      for (let round = 0; round < 10; round += 1) {
        const { deviceCode, userCode } = await begin();
        const ada = await person('user');
        granted(await devices.approve(userCode, await typed('user'), ada));
        const [redeemed] = await Promise.all([devices.redeem(deviceCode, 'gatewarden', device), raiseEpoch('user')]);
        if (redeemed.kind === 'granted') equal(await isValid(redeemed.pair.sessionId), false);
        else equal(answerOf(redeemed), 'access_denied');
      }
    });

    it('an outage while the tokens are issued: the approval is spent, and nobody is signed in', async () => {
      const { devices, begin, person, typed, dependencies, stores, time, poll } = await open();
      const { deviceCode, userCode } = await begin();
      granted(await devices.approve(userCode, await typed('viewer'), await person('viewer')));
      const signInDevice = () => Promise.reject(new StoreUnavailableError('sqlite'));
      const broken = devicesService({ ...dependencies, signInDevice });
      await rejects(broken.redeem(deviceCode, 'gatewarden', device), StoreUnavailableError);
      equal(await poll(deviceCode), 'invalid_grant');
      const { items } = await stores.sessions.listOf('u_viewer', time.now, { limit: 50 });
      equal(items.filter(({ kind }) => kind === 'api').length, 0);
    });
  });
}
