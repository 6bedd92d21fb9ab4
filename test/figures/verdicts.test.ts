import { deepEqual, equal } from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import type { Log } from '../../lib/log.ts';
import { isOwnPath } from '../../lib/request/decide.ts';
import type { RequestHead } from '../../lib/request/extract/head.ts';
import { compose } from '../../lib/start/compose.ts';
import { gateOver } from '../../lib/start/gate.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { ofOneProcess } from '../../lib/stores/open.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';

const nothing = () => undefined;
const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const headOf = (url: string): RequestHead => ({
  ...{ method: 'GET', url, headers: { host: 'localhost' }, rawHeaders: ['host', 'localhost'] },
  socket: Object.defineProperty(new Socket(), 'remoteAddress', { value: '127.0.0.1' }),
});

test('a request is counted when it comes, not when an open stream is decided on again, and not when it is explained', async (t) => {
  const given = { secretKey: [makeSecretKey()], rules: 'public read /open; user * /**' };
  const resolved = loadSettings({ env: {}, given, applies: 'gateway' });
  const opened = ofOneProcess(await openSqlite({ memory: true }));
  const installation = await compose(resolved, { log: silent, opened });
  t.after(() => installation.close());
  const { core } = installation;
  const gate = gateOver(installation);
  const counted = async () =>
    (await core.figures.over('24h')).rules.map(({ rule, passed, refused }) => [rule, passed, refused]);

  const decision = await gate.route(headOf('/open'));
  if (isOwnPath(decision) || !decision.allow) throw new Error('it did not pass');
  equal((await gate.decide(headOf('/closed'))).allow, false);
  const once = [
    ['public read /open', 1, 0],
    ['user * /**', 0, 1],
  ];
  deepEqual(await counted(), once);

  gate.watch(headOf('/open'), decision, nothing);
  await gate.decideAll();
  await core.explain(headOf('/open'));
  await core.explainHypothetically({ method: 'GET', host: 'localhost', target: '/open', address: '127.0.0.1' });
  deepEqual(await counted(), once);
});
