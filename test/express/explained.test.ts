import { deepEqual, equal } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Explanation } from 'gatewarden';
import { type App, startApp } from './app.ts';

let app: App;
before(async () => {
  const rules = 'public read /open/**\noperator * /admin/**\nviewer read /**';
  app = await startApp(
    (server, { gate }) => {
      server.use('/auth', gate.router());
      server.use(async (req, res) => void res.json(await gate.explain(req)));
    },
    { rules },
  );
});
after(() => app.close());

/** The explanation of a request, by somebody of this role or nobody. */
async function explained(path: string, role?: string): Promise<Explanation> {
  const headers = role === undefined ? {} : (await app.signedInAs(role)).headers;
  return JSON.parse((await app.ask(path, { headers: { ...headers } })).text);
}

test('gate.explain(req) tells the route, the rule of each reading, and what a service would be sent', async () => {
  const { principal, headers, ...told } = await explained('/open/%2561dmin;x=1', 'viewer');
  const rule = { line: 1, text: 'public read /open/**' };
  deepEqual([told.decision, told.status, told.route, told.rule], ['passes', 'ok', 'upstream', rule]);
  const paths = ['/open/%61dmin', '/open/%61dmin;x=1', '/open/admin', '/open/admin;x=1'];
  deepEqual(
    [...told.readings].sort((a, b) => (a.path < b.path ? -1 : 1)),
    paths.map((path) => ({ path, rule })),
  );
  deepEqual(
    [headers['X-Forwarded-User'], headers['X-Forwarded-Groups'], headers['X-Gatewarden-Assertion']],
    [principal.name, 'viewer,scope:read:things', '***'],
  );
});

test('a request that is refused would be sent nowhere', async () => {
  for (const [path, role, status] of [
    ['/admin/x', 'viewer', 'insufficient_role'],
    ['/admin/x', undefined, 'missing_credential'],
    ['/open/%2e%2e/x', 'admin', 'ambiguous_path'],
  ] as const) {
    const told = await explained(path, role);
    deepEqual([told.decision, told.status, told.headers], ['refused', status, {}]);
  }
});

test('readings that select different rules are all told, and each sentence once', async () => {
  const { readings, steps, status } = await explained('/open%2f..x//admin', 'viewer');
  equal(status, 'ok');
  equal(new Set(readings.map(({ path }) => path)).size, readings.length);
  equal(new Set(steps).size, steps.length);
});
