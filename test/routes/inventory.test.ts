import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Core } from '../../lib/core.ts';
import { adminOnly } from '../../lib/routes/elsewhere.ts';
import { ownRoutes } from '../../lib/routes/index.ts';
import { inventory } from '../../lib/routes/inventory.ts';
import { routerOf } from '../../lib/routes/router.ts';
import { compose } from '../../lib/start/compose.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { temporaryFolder } from '../support/folders.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

async function withCore(use: (core: Core) => void): Promise<void> {
  await using data = await temporaryFolder();
  const resolved = loadSettings({ given: { dataDir: data.path }, applies: 'middleware' });
  const { core, close } = await compose(resolved, { log: quiet });
  use(core);
  await close();
}

const lineOf = (one: { method: string; path: string }) => `${one.method} ${one.path.replace(/\{(\w+)\}/g, ':$1')}`;

test('what Express has registered is the inventory, line by line', async () => {
  await withCore((core) => {
    const registered = routerOf(core, () => '').stack.flatMap(({ route }) =>
      // A layer without a method answers what no route of its path does: 405.
      route ? route.stack.filter(({ method }) => method).map(({ method }) => `${method} ${route.path}`) : [],
    );
    const ofOneMethod = inventory.filter(({ everyMethod }) => !everyMethod);
    deepEqual(registered, ofOneMethod.map(lineOf));
  });
});

test('one line answers every method, with all that is below its path', async () => {
  await withCore((core) => {
    const patterns = routerOf(core, () => '').stack.flatMap(({ route }) => {
      const path: unknown = route?.path;
      return path instanceof RegExp ? [path.source] : [];
    });
    deepEqual(patterns, [String.raw`^\/verify\/envoy(?:\/|$)`]);
    deepEqual(inventory.filter(({ everyMethod }) => everyMethod).map(lineOf), ['get /verify/envoy/:target']);
  });
});

test('the application has no route of its own beside them', async () => {
  await withCore((core) => {
    const { router } = ownRoutes(core) as unknown as { router: { stack: { route?: object }[] } };
    deepEqual(
      router.stack.filter(({ route }) => route !== undefined),
      [],
    );
  });
});

test('no line is there twice', () => {
  const lines = inventory.map(lineOf);
  deepEqual([...new Set(lines)], lines);
});

/** The lines that need nobody signed in: a new one is a decision, taken here. */
const open = [
  'get /login',
  'post /login',
  'get /logout',
  'post /logout',
  'get /hand-over',
  'get /hand-over/redeem',
  'get /setup',
  'post /setup',
  'get /signup',
  'post /signup',
  'post /password-check',
  'get /',
  'post /api/v1/login',
  'post /api/v1/signup',
  'get /api/v1/session',
  'post /oauth/token',
  'post /oauth/introspect',
  'post /oauth/revoke',
  'post /oauth/device_authorization',
  'get /jwks.json',
  'get /.well-known/oauth-authorization-server',
  'get /verify/nginx',
  'get /verify/traefik',
  'get /verify/caddy',
  'get /verify/envoy/:target',
  'get /healthz',
  'get /readyz',
  'get /api/v1/openapi.json',
];

test('every line but these few is guarded', () => {
  const unguarded = inventory.filter((one) => one.guard === 'anyone' && one.tag !== 'assets');
  deepEqual(unguarded.map(lineOf), open);
});

/** Sign-in, sign-up and sign-out, and what takes its credential in the body or shows nothing of anybody. */
const atEveryHost = [...open, 'get /signup', 'post /signup', 'post /api/v1/signup'];

test('with ADMIN_URL nothing else is answered at every host to a browser that is signed in', () => {
  const everywhere = inventory.filter(
    ({ surface, tag }) =>
      surface !== 'bare' && surface !== 'original-request' && tag !== 'oauth' && adminOnly({ surface, tag }) === 'none',
  );
  deepEqual(
    everywhere.map(lineOf).filter((line) => !atEveryHost.includes(line)),
    [],
  );
});

test('every guarded call of the API asks for a scope', () => {
  const without = inventory.filter((one) => one.guard !== 'anyone' && one.path.startsWith('/api/') && !one.scope);
  deepEqual(without.map(lineOf), []);
});

test('what creates or changes a user or a credential has to be confirmed', () => {
  const unconfirmed = inventory.filter(
    ({ method, guard, path, confirm }) =>
      method !== 'get' && guard !== 'anyone' && /users|tokens?\b|password|invitation|client/.test(path) && !confirm,
  );
  // It asks for the current password of everybody.
  deepEqual(unconfirmed.map(lineOf), ['post /account/password', 'put /api/v1/account/password']);
});

test('only forward-auth reads the credentials of another request', () => {
  const others = inventory.filter(({ surface, tag }) => (surface === 'original-request') !== (tag === 'forward-auth'));
  deepEqual(others.map(lineOf), []);
});

test('only what shows nothing of anybody goes without a look at who asks', () => {
  const bare = inventory.filter((one) => one.surface === 'bare');
  equal(
    bare.every((one) => one.method === 'get' && (one.tag === 'assets' || one.tag === 'health')),
    true,
  );
});
