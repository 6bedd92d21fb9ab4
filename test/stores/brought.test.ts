import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import express from 'express';
import { type Gatewarden, gatewarden, type Log, SettingsError } from 'gatewarden';
import type { Stores } from 'gatewarden/stores';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { portOf } from '../gateway/started.ts';
import { client } from '../support/http.ts';
import { journalled } from './journal.ts';

const password = 'herons over quiet water';
const secretKey = [makeSecretKey()];
const closing: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const close of closing) await close();
});

/** An app of one process: its gate on these stores, and a page for whoever is signed in. */
async function process(stores: Stores): Promise<{ gate: Gatewarden; url: string }> {
  const gate = await gatewarden({
    stores,
    secretKey,
    superuser: 'ada',
    superuserPassword: password,
    logLevel: 'silent',
  });
  const app = express();
  app.use('/auth', gate.router());
  app.use(gate.requireRole('viewer'));
  app.use((req, res) => void res.send(req.auth.name));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  closing.push(() => gate.close());
  return { gate, url: `http://127.0.0.1:${portOf(server)}` };
}

test('a gate signs in over the stores that an app brings, and works on nothing else', async () => {
  const journal: string[] = [];
  const stores = journalled(await openSqlite({ memory: true }), journal);
  const { url } = await process(stores);
  const ada = client(url);
  equal((await ada.form('/auth/login', { username: 'ada', password })).status, 303);
  equal(await (await ada.send('/')).text(), 'ada');
  for (const verb of ['records.change', 'records.byKey', 'sessions.create', 'audit.append']) {
    ok(journal.includes(verb), `${verb} was called`);
  }
  ok(journal.some((verb) => verb.startsWith('attempts.')));
  equal((await stores.records.byKey(userKind, 'name', 'ada'))?.role, 'admin');
});

test('what one of two processes ends on shared stores, the other refuses half a second later', async () => {
  const stores = await openSqlite({ memory: true });
  const one = await process(stores);
  const other = await process(stores);
  const ada = client(one.url);
  await ada.form('/auth/login', { username: 'ada', password });
  const there = client(other.url, ada.jar);
  equal(await (await there.send('/')).text(), 'ada');
  deepEqual(await one.gate.sessions.endAll('ada'), { ok: true, value: { sessions: 1 } });
  await wait(450);
  equal((await there.send('/')).status, 401);
});

test('stores beside the address of MongoDB or Redis: whichever were meant, the start says so', async () => {
  const stores = await openSqlite({ memory: true });
  const urls = { mongodbUrl: 'mongodb://127.0.0.1:1/x', redisUrl: 'redis://127.0.0.1:1' };
  await rejects(gatewarden({ stores, secretKey, ...urls }), (error: Error) => {
    ok(error instanceof SettingsError);
    const text = 'cannot be given together with stores that the app brings';
    deepEqual(error.problems, [`MONGODB_URL: ${text}`, `REDIS_URL: ${text}`]);
    return true;
  });
  await stores.close();
});

test('a gate logs where the app says', async () => {
  const warned: string[] = [];
  const ignore = () => undefined;
  const log: Log = { debug: ignore, info: ignore, error: ignore, warn: (_, message) => void warned.push(message) };
  const gate = await gatewarden({ stores: await openSqlite({ memory: true }), secretKey, log, authEnabled: false });
  await gate.close();
  deepEqual(warned, ['AUTH_ENABLED=false: every request is passed on as anonymous']);
});
