import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { NextFunction, Request, Response } from 'express';
import type { Principal } from 'gatewarden';
import { testGate } from 'gatewarden/testing';
import { type App, startApp } from './app.ts';

const admin: Principal = {
  kind: 'user',
  id: 'u_x',
  name: 'mallory',
  role: 'admin',
  scopes: ['deploy:write'],
  via: 'session',
};

/** As express-jwt and express-basic-auth do: `req.auth` is what the client claims. */
const othersMiddleware = (req: Request, _res: Response, next: NextFunction): void => {
  req.auth = admin;
  next();
};

describe('req.auth that another middleware has set opens nothing', () => {
  let app: App;
  before(async () => {
    const other = await testGate();
    app = await startApp((server, { gate }) => {
      const guards = {
        role: gate.requireRole('viewer'),
        self: gate.requireSelf(() => 'mallory'),
        scope: gate.requireScope('deploy:write'),
      };
      for (const [name, guard] of Object.entries(guards)) {
        server.get(`/before/${name}`, othersMiddleware, guard, (_req, res) => void res.send('in'));
        server.get(`/after/${name}`, gate.authenticate(), othersMiddleware, guard, (_req, res) => void res.send('in'));
        const elsewhere = [other.gate.authenticate(), othersMiddleware];
        server.get(`/other/${name}`, ...elsewhere, guard, (_req, res) => void res.send('in'));
      }
      server.get(
        '/throws',
        gate.requireSelf(() => JSON.parse('{')),
        (_req, res) => void res.send('in'),
      );
      server.use(
        (_error: unknown, _req: Request, res: Response, _next: NextFunction) => void res.status(500).end('caught'),
      );
    });
    after(() => other.gate.close());
  });
  after(() => app.close());

  for (const place of ['before', 'after', 'other']) {
    for (const guard of ['role', 'self', 'scope']) {
      it(`${place} it is known who asks, for the guard of a ${guard}`, async () => {
        const reply = await app.ask(`/${place}/${guard}`);
        deepEqual([reply.status, reply.code], [401, 'missing_credential']);
      });
    }
  }

  it('and what an app’s own function throws is the app’s error, after a look-up too', async () => {
    const { headers } = await app.signedInAs('viewer');
    for (let i = 0; i < 2; i += 1) {
      const reply = await app.ask('/throws', { headers });
      deepEqual([reply.status, reply.text], [500, 'caught']);
    }
    equal((await app.ask('/before/role', { headers })).status, 200);
  });
});
