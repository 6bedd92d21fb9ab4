import { deepEqual, equal } from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import express, { type Express } from 'express';
import type { Gatewarden, Log } from 'gatewarden';
import { startApp } from './app.ts';

const text = 'a guard below a mount path runs without authenticate() before it: a path in another spelling bypasses it';

/** An app whose gate logs into `warned`. */
async function warnedOf(t: TestContext, build: (server: Express, gate: Gatewarden) => void) {
  const warned: object[] = [];
  const silent = () => undefined;
  const warn = (fields: object, said: string) => void warned.push({ ...fields, text: said });
  const log: Log = { debug: silent, info: silent, error: silent, warn };
  const app = await startApp((server, { gate }) => build(server, gate), { log });
  t.after(() => app.close());
  return { app, warned };
}

describe('a guard that another spelling of its path goes past', () => {
  it('is warned about by name, once, however often it runs', async (t) => {
    const { app, warned } = await warnedOf(t, (server, gate) => {
      server.use('/private', gate.requireRole('viewer'));
      server.use(
        '/self',
        gate.requireSelf(() => 'ada'),
      );
      server.use('/deploy', gate.requireScope('deploy:write'));
      server.use((req, res) => void res.send(`a static handler serves ${req.path}`));
    });
    for (const path of ['/private', '/PRIVATE/x', '/self', '/deploy', '/deploy']) {
      equal((await app.ask(path)).code, 'missing_credential');
    }
    equal((await app.ask('/%70rivate')).status, 200);
    deepEqual(warned, [
      { guard: "requireRole('viewer')", mount: '/private', text },
      { guard: 'requireSelf', mount: '/self', text },
      { guard: "requireScope('deploy:write')", mount: '/deploy', text },
    ]);
  });

  const safe: [title: string, build: (server: Express, gate: Gatewarden) => void][] = [
    [
      'behind authenticate()',
      (server, gate) => void server.use(gate.authenticate()).use('/private', gate.requireRole('viewer')),
    ],
    ['on the whole app', (server, gate) => void server.use(gate.requireRole('viewer'))],
    [
      'on a route, whose handler no other spelling reaches',
      (server, gate) => void server.get('/private', gate.requireRole('viewer'), (_req, res) => void res.send('x')),
    ],
    [
      'behind protect()',
      (server, gate) =>
        void server
          .use(gate.protect({ rules: 'public * /**' }))
          .use('/private', express.Router().use(gate.requireRole('viewer'))),
    ],
  ];
  for (const [title, build] of safe) {
    it(`is not warned about ${title}`, async (t) => {
      const { app, warned } = await warnedOf(t, build);
      equal((await app.ask('/private')).code, 'missing_credential');
      deepEqual(warned, []);
    });
  }
});
