import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { aSession, minute, start } from '../../lib/stores/suites/records.ts';
import { redisServer } from '../support/redis.ts';
import { startCluster } from '../support/redis-cluster.ts';
import { startSentinel } from '../support/redis-sentinel.ts';
import { opened, rawClient, timeOf, until, works } from './redis-opened.ts';

const { skip } = redisServer;

test('Sentinel: when the master is lost, its successor serves without a restart of ours', { skip }, async (t) => {
  const servers = await startSentinel();
  t.after(() => servers[Symbol.asyncDispose]());
  const stores = await opened(t, servers.url);
  const other = await opened(t, servers.url, undefined, stores.prefix);
  await stores.sessions.create(aSession('s1'));
  const raw = await rawClient(t, servers.replica.url);
  await until(async () => (await raw.exists(`${stores.prefix}session:s1`)) === 1);
  await servers.master.kill();
  const { ms, outage } = await timeOf(() => stores.sessions.find('s1', start));
  ok(outage);
  ok(ms < 2_500);
  await until(works(stores), 20_000);
  await until(() => stores.bus.healthy && other.bus.healthy, 20_000);
  equal((await stores.sessions.find('s1', start))?.id, 's1');
  equal(await stores.sessions.end('s1'), true);
  other.heard.splice(0);
  await stores.bus.publish({ kind: 'user', id: 'u_ada' });
  await until(() => other.heard.some((one) => one.kind === 'user'));
  equal(
    (await stores.health()).every((one) => one.ok),
    true,
  );
});

test('Sentinel: whatever was acknowledged while another master took over is heard, or everything is discarded', {
  skip,
}, async (t) => {
  const servers = await startSentinel();
  t.after(() => servers[Symbol.asyncDispose]());
  const one = await opened(t, servers.url);
  const other = await opened(t, servers.url, undefined, one.prefix);
  const old = await rawClient(t, servers.master.url);
  const sentinel = await rawClient(t, servers.url.replace('redis+sentinel', 'redis').replace('/mymaster', ''));
  // Without this the old master goes on acknowledging until the sentinel has made it a replica.
  await old.sendCommand(['CONFIG', 'SET', 'min-replicas-to-write', '1']);
  await sentinel.sendCommand(['SENTINEL', 'FAILOVER', 'mymaster']);
  const hasSuccessor = async () =>
    String(await sentinel.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster'])).includes(
      String(servers.replica.port),
    );
  const acknowledged: { id: string; heardBefore: number }[] = [];
  for (let n = 0, after = 0; after < 20; n += 1) {
    if (await hasSuccessor()) after += 1;
    const id = `t${n}`;
    const told = await one.bus.publish({ kind: 'token', id }).then(
      () => true,
      () => false,
    );
    if (told) acknowledged.push({ id, heardBefore: other.heard.length });
    await wait(20);
  }
  ok(acknowledged.length > 0);
  const isKnown = ({ id, heardBefore }: { id: string; heardBefore: number }) =>
    other.heard.some((message) => message.id === id) ||
    other.heard.slice(heardBefore).some((message) => message.kind === 'all');
  await until(() => one.bus.healthy && other.bus.healthy && acknowledged.every(isKnown));
});

test('Sentinel: a master that hangs is an outage within about a second, and is replaced', { skip }, async (t) => {
  const servers = await startSentinel();
  t.after(() => servers[Symbol.asyncDispose]());
  const stores = await opened(t, servers.url);
  servers.master.hang();
  const { ms, outage } = await timeOf(() => stores.sessions.find('s1', start));
  ok(outage);
  ok(ms < 2_500);
  await until(works(stores), 20_000);
  await until(() => stores.bus.healthy, 20_000);
});

test('Cluster: connect-redis’s store lists and clears the sessions of all nodes', { skip }, async (t) => {
  const cluster = await startCluster();
  t.after(() => cluster[Symbol.asyncDispose]());
  const { sessions, expressStore } = await opened(t, cluster.url);
  const ended: string[] = [];
  const store = new expressStore({
    dataOf: ({ data }) => JSON.parse(data),
    recordOf: () => undefined,
    end: async (id) => void ended.push(id),
  });
  const ids = Array.from({ length: 40 }, (_, n) => `s${n}`).sort();
  const times = { expiresAt: Date.now() + minute, idleAt: Date.now() + minute };
  for (const id of ids) await sessions.create(aSession(id, { ...times, data: '{"cookie":{}}' }));
  deepEqual([(await store.ids()).sort(), await store.length()], [ids, 40]);
  equal((await store.all()).length, 40);
  await store.clear();
  deepEqual(ended.sort(), ids);
});

test('Cluster: one node that is lost is an outage for its keys, and serves again when it is back', {
  skip,
}, async (t) => {
  const cluster = await startCluster();
  t.after(() => cluster[Symbol.asyncDispose]());
  const stores = await opened(t, cluster.url);
  const ids = Array.from({ length: 40 }, (_, n) => `s${n}`);
  const [node] = cluster.nodes;
  await node?.kill();
  const tried = await Promise.all(ids.map((id) => timeOf(() => stores.sessions.find(id, start))));
  ok(tried.some((one) => one.outage));
  equal(tried.filter((one) => one.ms > 2_500).length, 0);
  await node?.restart();
  for (const id of ids) {
    await until(
      () =>
        stores.sessions.find(id, start).then(
          () => true,
          () => false,
        ),
      20_000,
    );
  }
  await until(() => stores.bus.healthy, 20_000);
});

test('Cluster: instances hear each other through any node', { skip }, async (t) => {
  const cluster = await startCluster();
  t.after(() => cluster[Symbol.asyncDispose]());
  const stores = await Promise.all(Array.from({ length: 4 }, () => opened(t, cluster.url, undefined, 'shared:')));
  await until(() => stores.every((one) => one.heard.length > 0 || one.bus.healthy));
  await stores[0]?.bus.publish({ kind: 'user', id: 'u_ada' });
  await until(() => stores.every((one) => one.heard.some((message) => message.kind === 'user')));
  equal(
    stores.every((one) => one.bus.healthy),
    true,
  );
});
