import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { inventory } from '../../lib/routes/inventory.ts';
import type { Route } from '../../lib/routes/route.ts';
import { longName, type Stocked, signedIn, stocked } from '../browser/stocked.ts';
import { noBrowser, openBrowser } from '../support/browser.ts';
import { adminPassword } from '../support/gateway.ts';

/*
 * The service behind the gateway shares its origin, so the browser lets the service's scripts call every page and the whole API with
 * the cookie of the admin who looks at it. What they lack is the admin's password.
 */

const skip = noBrowser;
let browser: Browser;
let here: Stocked;
let page: Page;

before(async () => {
  if (skip) return;
  here = await stocked();
  browser = await openBrowser();
  page = await signedIn(browser, here.gateway);
  await page.goto(`${here.gateway.address}/whoami`);
});
after(async () => {
  await browser?.close();
  await here?.[Symbol.asyncDispose]();
});

const lineOf = ({ method, path }: Route): string => `${method} ${path}`;

/** What a script can do: sign the admin out, here and elsewhere. */
const possible: ReadonlySet<string> = new Set([
  ...['post /logout', 'delete /api/v1/session', 'delete /api/v1/sessions/{id}', 'post /account/end-session'],
  ...['post /account/end-other-sessions', 'post /account/end-all-sessions'],
]);

/** Reads identities of its own, or none: the cookie does not count there. */
const withoutCookie = ({ surface, path }: Route): boolean => surface !== 'own' || path.startsWith('/oauth/');

const calls = inventory.filter((one) => one.method !== 'get' && !possible.has(lineOf(one)) && !withoutCookie(one));
const pagesAndApi = calls.filter(({ guard }) => guard !== 'anyone');

/** Valid bodies of the API's calls: one that is not valid would be refused before the password is asked for. */
const bodies: Readonly<Record<string, object>> = {
  'post /api/v1/tokens': { name: 'stolen' },
  'put /api/v1/account/password': { new_password: 'seven herons stand in reeds' },
  'post /api/v1/users': { username: 'puppet', role: 'admin', password: adminPassword },
  'patch /api/v1/users/{username}': { role: 'admin', password: 'seven herons stand in reeds' },
  'post /api/v1/users/{username}/token': { ttl: '1h' },
  'post /api/v1/invitations': { role: 'admin' },
  'post /api/v1/clients': { name: 'puppet', role: 'admin' },
  'patch /api/v1/clients/{client_id}': { role: 'admin', scopes: ['gatewarden:admin'] },
};

/** Every field that a form of ours has: what a form does not know it leaves alone. */
const fields: Readonly<Record<string, string | readonly string[]>> = {
  ...{
    username: 'vera',
    user: ['vera', longName],
    name: 'backup',
    password: adminPassword,
    password_again: adminPassword,
  },
  ...{ new_password: 'seven herons stand in reeds', new_password_again: 'seven herons stand in reeds' },
  ...{
    role: 'admin',
    active: 'true',
    email: 'evil@example.com',
    display_name: 'Puppet',
    end_tokens: 'true',
    tokens: 'true',
  },
  ...{
    client_id: 'puppet',
    scopes: ['gatewarden:admin'],
    scope: ['gatewarden:admin'],
    uses: '100',
    note: 'x',
    days: '30',
  },
  ...{ end_others: 'true', state: 'active', all: 'true', user_code: 'BCDF-GHJK', expires: '', reuse_name: 'true' },
};

const actions = [
  ...['approve', 'activate', 'deactivate', 'delete', 'end', 'role', 'revoke', 'withdraw', 'secret', 'save', 'create'],
];

type Call = Readonly<{ method: string; target: string; type: string; body: string }>;

function callsOf(route: Route, password: string | undefined): Call[] {
  const { params, gateway } = here;
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const target = `${gateway.address}/_gatewarden${path}`;
  const method = route.method.toUpperCase();
  const typed = password === undefined ? {} : { current_password: password };
  if (route.body?.as === 'json' || route.body === undefined) {
    const body = JSON.stringify({ ...bodies[lineOf(route)], ...typed });
    return [{ method, target, type: 'application/json', body }];
  }
  return actions.map((action) => {
    const pairs = Object.entries({ ...fields, ...typed, action }).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    );
    return { method, target, type: 'application/x-www-form-urlencoded', body: String(new URLSearchParams(pairs)) };
  });
}

/** What a script of the service gets: the status, and the code of a refusal. */
const called = (call: Call): Promise<string> =>
  page.evaluate(async ({ method, target, type, body }) => {
    const answer = await fetch(target, { method, body, headers: { 'content-type': type }, redirect: 'manual' });
    const told = (await answer.json().catch(() => ({}))) as { code?: string };
    return `${answer.type === 'opaqueredirect' ? 'redirected' : answer.status} ${told.code ?? ''}`.trim();
  }, call);

/** All records and sessions but the times of last use. */
function state(): unknown {
  const database = new DatabaseSync(join(here.gateway.dataDir, 'gatewarden.db'), { readOnly: true });
  const tables = ['user', 'api_token', 'client', 'invitation', 'admins', 'device_grant', 'refresh_family'];
  const records = tables.map((table) => database.prepare(`SELECT id, record FROM ${table} ORDER BY id`).all());
  const sessions = database.prepare('SELECT id, user_id, epoch FROM sessions ORDER BY id').all();
  database.close();
  return { records, sessions };
}

test('every call of the pages and the API that changes something is tried', { skip }, () => {
  ok(pagesAndApi.length > 15);
  const withoutBody = pagesAndApi
    .filter(({ body, path, method }) => body?.as === 'json' && method !== 'delete' && !/\/(end|secret)$/.test(path))
    .map(lineOf)
    .filter((line) => bodies[line] === undefined);
  deepEqual(withoutBody, []);
});

test('with the admin’s own password a call is done: it is the password that the script lacks', { skip }, async () => {
  const route = inventory.find((one) => lineOf(one) === 'post /api/v1/tokens');
  ok(route);
  const before = JSON.stringify(state());
  const [call] = callsOf(route, adminPassword);
  ok(call);
  equal(await called(call), '201');
  notEqual(JSON.stringify(state()), before);
});

for (const [how, password] of [
  ['without a password', undefined],
  ['with a guessed one', 'correct horse battery staple'],
] as const) {
  test(`a script of the service calls them all with the cookie of the admin, ${how}: nothing changes`, {
    skip,
  }, async () => {
    const before = state();
    const got: string[] = [];
    for (const route of calls) {
      for (const call of callsOf(route, password)) {
        const answer = await called(call);
        if (/^(2\d\d|redirected)/.test(answer)) got.push(`${lineOf(route)} ${answer}`);
        deepEqual(state(), before, `${lineOf(route)} ${call.body} ${answer}`);
      }
    }
    deepEqual(got, []);
  });
}
