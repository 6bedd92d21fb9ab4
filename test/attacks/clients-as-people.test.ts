import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inventory } from '../../lib/routes/inventory.ts';
import type { Route } from '../../lib/routes/route.ts';
import type { Sent } from './attacker.ts';
import { accessOf, type Bearer, newClient, statusesOf } from './client-identities.ts';
import { type Besieged, besieged, own, password } from './fronts.ts';

let here: Besieged;
let access: Bearer;
before(async () => {
  here = await besieged();
  await here.addUser('ada', { role: 'admin' });
  const scopes = ['gatewarden:read', 'gatewarden:write', 'gatewarden:admin'];
  access = await accessOf(here.gateway, await newClient(here, { clientId: 'robot', role: 'admin', scopes }));
});
after(() => here[Symbol.asyncDispose]());

/** There is nothing of that name. */
const target = (path: string) => own + path.replaceAll(/\{\w+\}/g, 'nothing');

/** A body without any field, for a route that reads one. */
function emptyBody({ method, body }: Pick<Route, 'method' | 'body'>): Sent {
  if (method === 'get' || body === undefined) return {};
  if (body.as === 'json') return { headers: { 'content-type': 'application/json' }, body: '{}' };
  return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '' };
}

for (const route of inventory) {
  const { method, path } = route;
  test(`an admin’s client at ${method} ${path} is answered, and gets no cookie and no session`, async () => {
    const sessions = here.rows('sessions');
    const { headers, body } = emptyBody(route);
    for (const credential of [access, { 'x-gatewarden-token': access.authorization.replace('Bearer ', '') }]) {
      const all = { accept: 'text/html', origin: here.gateway.url, ...headers, ...credential };
      const sent = { method: method.toUpperCase(), headers: all, ...(body !== undefined && { body }) };
      const reply = await here.gateway.ask(target(path), sent);
      ok(reply.status < 500, `${reply.status} ${reply.text.slice(0, 300)}`);
      deepEqual(
        reply.setCookie.filter((line) => !/Max-Age=0|Expires=Thu, 01 Jan 1970/i.test(line)),
        [],
      );
      if (reply.status === 204 || reply.status === 401) access = await renewed();
    }
    equal(here.rows('sessions'), sessions);
  });
}

/** The sweep signs out, too. */
const renewed = async () => {
  const issued = await here.gate.clients.addSecret('robot');
  ok(issued.ok);
  return accessOf(here.gateway, { id: 'robot', secret: issued.value.secret });
};

test('beside somebody’s cookie a client is a second principal: 400, on every front', async () => {
  const cookie = await here.gateway.signIn('ada');
  for (const front of here.fronts) {
    const reply = await front.ask('/inbox', { headers: { ...access, cookie } });
    deepEqual([reply.status, reply.code], [400, 'malformed_credential']);
  }
});

test('no client is a user: not by its name, not at the sign-in, not minted for', async () => {
  for (const username of ['robot', 'client:robot']) {
    const login = await here.gateway.json('POST', `${own}/api/v1/login`, { username, password });
    deepEqual([login.status, login.code], [401, 'invalid_credentials']);
    const minted = await here.gateway.json(
      'POST',
      `${own}/api/v1/users/${encodeURIComponent(username)}/token`,
      {},
      access,
    );
    equal(minted.status, 404, minted.text);
  }
  deepEqual(await statusesOf(here, access), [200, 200, 200]);
  deepEqual(
    here.fronts.map(({ seen }) => seen.at(-1)?.user),
    ['client:robot', 'client:robot', 'client:robot'],
  );
});
