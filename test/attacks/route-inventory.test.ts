import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inventory } from '../../lib/routes/inventory.ts';
import type { Route } from '../../lib/routes/route.ts';
import { type Besieged, besieged, own } from './fronts.ts';

let here: Besieged;
const cookies: Record<string, string> = {};
before(async () => {
  here = await besieged({ roles: 'anony,viewer,user,operator,admin', defaultRole: 'user' });
  for (const role of ['anony', 'viewer', 'user', 'operator', 'admin']) {
    await here.addUser(`is-${role}`, { role });
    cookies[role] = await here.gateway.signIn(`is-${role}`);
  }
});
after(() => here[Symbol.asyncDispose]());

/** Paths with somebody and something in the place of their parameters. */
const targetOf = ({ path }: Route) =>
  own + path.replace('{username}', 'is-viewer').replace('{name}', 'none').replace('{id}', 'none');

const state = () => [here.rows('sessions'), here.rows('user'), here.rows('api_token'), here.hashes()];
const guarded = inventory.filter(({ guard }) => guard !== 'anyone');
const lineOf = ({ method, path }: Route) => `${method.toUpperCase()} ${path}`;

/** Which roles each guard turns away; a route with a guard that is not here fails the test below. */
const below: Readonly<Record<string, readonly string[]>> = {
  'signed-in': [],
  self: ['anony'],
  operator: ['anony', 'viewer', 'user'],
  admin: ['anony', 'viewer', 'user', 'operator'],
};

test('there is something to guard, and every guard is one of these', () => {
  equal(guarded.length > 10, true);
  deepEqual(guarded.filter(({ guard }) => below[guard] === undefined).map(lineOf), []);
});

for (const route of guarded) {
  const { method, guard } = route;
  const sent = (cookie?: string, more: Record<string, string> = {}) => ({
    method: method.toUpperCase(),
    headers: { origin: here.gateway.url, ...(cookie === undefined ? {} : { cookie }), ...more },
  });

  describe(`${lineOf(route)}, for ${guard}, is kept from`, () => {
    test('nobody', async () => {
      const before = state();
      for (const front of here.fronts) {
        const reply = await front.ask(targetOf(route), { ...sent(), headers: { origin: front.url } });
        deepEqual([reply.status, reply.code], [401, 'missing_credential']);
        equal(reply.headers['www-authenticate'], 'Bearer');
      }
      deepEqual(state(), before);
    });

    test('a dead cookie, a made-up token, and somebody else’s Authorization', async () => {
      const before = state();
      const tries: Record<string, string>[] = [
        { cookie: 'gatewarden=s%3Adead.beef' },
        { authorization: 'Bearer gwt_nonsense' },
        { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
        { authorization: 'Basic YWRtaW46YWRtaW4=' },
      ];
      for (const headers of tries) {
        const reply = await here.gateway.ask(targetOf(route), sent(undefined, headers));
        equal(reply.status, 401);
      }
      deepEqual(state(), before);
    });

    for (const role of below[guard] ?? []) {
      test(`the role ${role}`, async () => {
        const before = state();
        const reply = await here.gateway.ask(targetOf(route), sent(cookies[role]));
        deepEqual([reply.status, reply.code], [403, 'insufficient_role']);
        deepEqual(state(), before);
      });
    }

    test('another host', async () => {
      const reply = await here.gateway.ask(targetOf(route), sent(cookies.admin, { host: 'evil.example' }));
      deepEqual([reply.status, reply.code], [421, 'misdirected_host']);
    });

    if (method !== 'get') {
      test('an admin’s browser, when another site’s page sends it', async () => {
        const before = state();
        for (const origin of ['https://evil.example', 'null']) {
          const reply = await here.gateway.ask(targetOf(route), sent(cookies.admin, { origin }));
          deepEqual([reply.status, reply.code], [403, 'csrf_rejected']);
        }
        deepEqual(state(), before);
      });
    }
  });
}

test('other methods, spellings and endings of our paths are nobody’s', async () => {
  const before = state();
  const headers = { cookie: cookies.admin ?? '', origin: here.gateway.url };
  for (const target of ['/API/v1/users', '/api/v1/users/', '/api//v1/users', '/api/v1/Users', '/api/v1/users;x=1']) {
    const reply = await here.gateway.ask(own + target, { headers });
    deepEqual([target, reply.status, reply.code], [target, 404, 'not_found']);
  }
  for (const method of ['TRACE', 'PROPFIND', 'LINK', 'OPTIONS']) {
    const { status, text } = await here.gateway.ask(`${own}/api/v1/users`, { method, headers });
    equal(status, method === 'OPTIONS' ? 204 : 405);
    equal(text.includes('is-viewer'), false);
  }
  const overridden = { ...headers, 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
  equal((await here.gateway.ask(`${own}/api/v1/users/is-viewer?_method=DELETE`, { headers: overridden })).status, 200);
  deepEqual(state(), before);
});
