import { deepEqual, equal, match } from 'node:assert/strict';
import test from 'node:test';
import { type DeviceGrantRecord, deviceGrantKind } from '../../lib/stores/records/kinds/device-grant.ts';
import { factKind } from '../../lib/stores/records/kinds/fact.ts';
import { handOverKind } from '../../lib/stores/records/kinds/hand-over.ts';
import { bringIn, emptyStores, fileOf, linesFor, linesIn } from './moving.ts';

const waiting: DeviceGrantRecord = {
  id: 'g',
  userCodeHash: 'h',
  clientId: 'gatewarden',
  address: '192.0.2.7',
  createdAt: 1,
  expiresAt: 9e12,
  interval: 5_000,
  approval: { userId: 'u_root', epoch: 0, at: 2, typed: true },
};

test('a device that waits is not exported', async () => {
  const stores = await emptyStores();
  await stores.records.add(factKind, { id: 'a', value: 'b' });
  await stores.records.add(deviceGrantKind, waiting);
  deepEqual(await linesIn(stores), linesFor(factKind, { id: 'a', value: 'b' }));
});

test('an approved device in a file is not brought in, so that none signs in twice', async () => {
  const stores = await emptyStores();
  for (const replace of [false, true]) {
    const { problems } = await bringIn(stores, fileOf(linesFor(deviceGrantKind, waiting)), { replace });
    equal(problems.length, 1);
    match(problems[0]?.problem ?? '', /"device-grant", is not known/);
  }
  equal(await stores.records.get(deviceGrantKind, 'g'), undefined);
});

test('a sign-in that is being handed over is neither exported nor brought in', async () => {
  const stores = await emptyStores();
  const code = { id: 'c', hostname: 'wiki.example.org', target: '/', binding: 'b', session: 'v1.x', expiresAt: 9e12 };
  await stores.records.add(factKind, { id: 'a', value: 'b' });
  await stores.records.add(handOverKind, code);
  deepEqual(await linesIn(stores), linesFor(factKind, { id: 'a', value: 'b' }));
  const { problems } = await bringIn(await emptyStores(), fileOf(linesFor(handOverKind, code)), { replace: true });
  match(problems[0]?.problem ?? '', /"hand-over", is not known/);
});
