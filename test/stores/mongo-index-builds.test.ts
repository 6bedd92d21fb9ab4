import { equal, ok, rejects } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test, { after, before } from 'node:test';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { factKind } from '../../lib/stores/records/kinds/fact.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';
import { mongoProxy } from './mongo-proxy.ts';

let server: Mongod;
before(async () => {
  server = await anyMongod();
});
after(() => server.stop());

/** The URL of a new database behind a proxy, with a limit of one second for each answer. */
async function behindProxy(t: Parameters<typeof mongoProxy>[0]) {
  const url = new URL(server.url(`gatewarden_test_${randomUUID()}`));
  const proxy = await mongoProxy(t, Number(url.port || 27017));
  url.port = String(proxy.port);
  url.searchParams.set('socketTimeoutMS', '1000');
  return { url: url.href, proxy };
}

test('the start waits for an index whose build takes longer than the server may take for an answer', async (t) => {
  const { url, proxy } = await behindProxy(t);
  proxy.delay('by_share', 2_500);
  const stores = await openMongo({ url, kinds: [factKind], patience: 0 });
  t.after(() => stores.close());
  ok(proxy.hits > 0, 'an index was built');
  equal((await stores.records.add(factKind, { id: 'a', value: 'b' })).kind, 'added');
});

test('every other answer is waited for no longer than that', async (t) => {
  const { url, proxy } = await behindProxy(t);
  const stores = await openMongo({ url, kinds: [factKind], patience: 0 });
  t.after(() => stores.close());
  proxy.delay('fact_v1', 60_000);
  await rejects(stores.records.get(factKind, 'a'), { name: 'StoreUnavailableError' });
});
