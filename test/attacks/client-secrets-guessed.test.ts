import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Reply } from './attacker.ts';
import { accessOf, askForToken, basic, type Identity, newClient } from './client-identities.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

/** A secret of the right form, which no client has. */
const wrongSecret = 'gws_0000000000000000000000000000000000000';

type Door = (front: Front, identity: Identity, more?: Record<string, string>) => Promise<Reply>;

const inHeader: Door = (front, identity, more) => askForToken(front, identity, undefined, more);
const inBody: Door = (front, { id, secret }, more) =>
  askForToken(front, undefined, { grant_type: 'client_credentials', client_id: id, client_secret: secret }, more);
const byIntrospecting: Door = (front, identity, more) =>
  front.form(`${own}/oauth/introspect`, { token: 'gwt_x' }, { ...basic(identity), ...more });
const byRevoking: Door = (front, identity, more) =>
  front.form(`${own}/oauth/revoke`, { token: 'gwt_x' }, { ...basic(identity), ...more });
const byRefreshing: Door = (front, identity, more) =>
  askForToken(front, identity, { grant_type: 'refresh_token', refresh_token: 'gwr_x' }, more);

const doors = [inHeader, inBody, byIntrospecting, byRevoking, byRefreshing];
const from = (address: string) => ({ 'x-forwarded-for': address });

function isInvalid(reply: Reply): void {
  deepEqual([reply.status, reply.code], [401, 'invalid_client']);
  match(String(reply.headers['www-authenticate']), /Basic/);
}

function isLimited(reply: Reply): void {
  equal(reply.status, 429, reply.text);
  match(String(reply.headers['retry-after']), /^[1-9]\d*$/);
}

describe('guessing a client’s secret', () => {
  let here: Besieged;
  before(async () => {
    here = await besieged({ trustedProxies: '127.0.0.1' });
  });
  after(() => here[Symbol.asyncDispose]());

  for (const name of ['guards', 'protect', 'gateway'] as const) {
    test(`through every endpoint, five times in all, and then the right one is refused, too (${name})`, async () => {
      const [front, home] = [here[name], from(`198.51.100.${name.length}`)];
      const client = await newClient(here);
      for (const door of doors) isInvalid(await door(front, { ...client, secret: wrongSecret }, home));
      for (const door of doors) isLimited(await door(front, client, home));
      // From where it lives it works on.
      equal((await inHeader(front, client, from('203.0.113.50'))).status, 200);
    });
  }

  test('in another spelling of its id is guessing at another client: the right secret opens nothing', async () => {
    const client = await newClient(here, { clientId: 'spelled-out' });
    const home = from('198.51.100.40');
    for (const id of ['SPELLED-OUT', ' spelled-out', 'Spelled-Out', '\uff53pelled-out', 'client:spelled-out']) {
      isInvalid(await inBody(here.gateway, { ...client, id }, home));
    }
    equal((await inHeader(here.gateway, client, home)).status, 200);
  });

  test('100 times at once: no more than five are compared', async () => {
    const client = await newClient(here);
    const home = from('198.51.100.41');
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, at) =>
        (at % 2 ? inHeader : inBody)(here.gateway, { ...client, secret: wrongSecret }, home),
      ),
    );
    const statuses = replies.map(({ status }) => status);
    ok(statuses.filter((status) => status === 401).length <= 5, `${statuses}`);
    deepEqual([...new Set(statuses)].sort(), [401, 429]);
  });

  test('locks neither the user of that name nor the sign-ins of that address', async () => {
    await here.addUser('robot');
    const client = await newClient(here, { clientId: 'robot' });
    const home = from('198.51.100.42');
    for (let at = 0; at < 5; at += 1) isInvalid(await inHeader(here.gateway, { ...client, secret: wrongSecret }, home));
    isLimited(await inHeader(here.gateway, client, home));
    const credentials = { username: 'robot', password };
    equal((await here.gateway.json('POST', `${own}/api/v1/login`, credentials, home)).status, 200);
    const access = await accessOf(here.gateway, await newClient(here, { role: 'user' }));
    equal((await here.gateway.ask('/inbox', { headers: { ...access, ...home } })).status, 200);
  });

  test('from a hundred addresses does not stop it where it has been', async () => {
    const client = await newClient(here);
    const home = from('192.0.2.99');
    equal((await inHeader(here.gateway, client, home)).status, 200);
    for (let at = 0; at < 105; at += 1) {
      await inHeader(here.gateway, { ...client, secret: wrongSecret }, from(`198.18.7.${at}`));
    }
    equal((await inHeader(here.gateway, client, home)).status, 200);
  });
});

test('300 invented ids from one address cost bounded rows, and block nobody elsewhere', async () => {
  await using here = await besieged({ trustedProxies: '127.0.0.1' });
  const client = await newClient(here);
  const home = from('198.51.100.7');
  const statuses = new Set<number>();
  for (let at = 0; at < 300; at += 1) {
    statuses.add((await inBody(here.gateway, { id: `invented-${at}`, secret: wrongSecret }, home)).status);
  }
  deepEqual([...statuses].sort(), [401, 429]);
  ok(here.rows('attempts') <= 1 + 2 * 120, `${here.rows('attempts')} rows`);
  equal((await inHeader(here.gateway, client, from('203.0.113.1'))).status, 200);
});

describe('what a stranger learns about clients', () => {
  let here: Besieged;
  before(async () => {
    here = await besieged({ trustedProxies: '127.0.0.1' });
  });
  after(() => here[Symbol.asyncDispose]());

  test('nothing: unknown, wrong, disabled, expired, deleted and another’s secret get one answer', async () => {
    const [good, disabled, expired, deleted] = await Promise.all([
      newClient(here),
      newClient(here),
      newClient(here, { expiresAt: Date.now() + 50 }),
      newClient(here),
    ]);
    await here.gate.clients.edit(disabled.id, { active: false });
    await here.gate.clients.remove(deleted.id);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const asked: Identity[] = [
      { id: 'never-made', secret: good.secret },
      { id: good.id, secret: wrongSecret },
      { id: good.id, secret: disabled.secret },
      { id: good.id, secret: 'not even of the form' },
      disabled,
      expired,
      deleted,
      { id: 'gatewarden', secret: wrongSecret },
    ];
    const answers = await Promise.all(
      asked.map(async (identity, at) => {
        const { status, text } = await inHeader(here.gateway, identity, from(`203.0.113.${at}`));
        return `${status} ${text}`;
      }),
    );
    equal(new Set(answers).size, 1, answers.join('\n'));
    match(answers[0] ?? '', /^401 .*"invalid_client"/);
  });

  test('a secret that was replaced twice opens nothing, and one in the URL is none', async () => {
    const client = await newClient(here);
    const [second, third] = [
      await here.gate.clients.addSecret(client.id),
      await here.gate.clients.addSecret(client.id),
    ];
    ok(second.ok && third.ok);
    isInvalid(await inHeader(here.gateway, client));
    for (const { secret } of [second.value, third.value]) {
      equal((await inHeader(here.gateway, { id: client.id, secret })).status, 200);
    }
    const query = new URLSearchParams({ client_id: client.id, client_secret: third.value.secret });
    const inUrl = await here.gateway.form(`${own}/oauth/token?${query}`, { grant_type: 'client_credentials' });
    ok(inUrl.status === 400 || inUrl.status === 401, `${inUrl.status}`);
  });

  const strange: readonly (readonly [title: string, fields: string])[] = [
    ['an id twice', 'client_id=a&client_id=b&client_secret=c'],
    ['a secret twice', 'client_id=a&client_secret=b&client_secret=c'],
    ['an object', 'client_id[$ne]=1&client_secret[$ne]=1'],
    ['a prototype', '__proto__=1&client_id=__proto__&client_secret=constructor'],
    ['NUL', 'client_id=%00&client_secret=%00'],
    ['a lone surrogate', 'client_id=%ed%a0%80&client_secret=x'],
    ['nothing', 'client_id=&client_secret='],
    ['32 kB', `client_id=${'a'.repeat(32_000)}&client_secret=x`],
  ];
  for (const [title, fields] of strange) {
    test(`${title} in place of an id and a secret`, async () => {
      const reply = await here.gateway.form(`${own}/oauth/token`, `grant_type=client_credentials&${fields}`);
      ok([400, 401, 413].includes(reply.status), `${reply.status} ${reply.text}`);
      ok(reply.code !== undefined && /^[a-z_]+$/.test(reply.code));
    });
  }

  test('an id and a secret in both places, and a Basic that cannot be read', async () => {
    const client = await newClient(here);
    const both = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret };
    equal((await askForToken(here.gateway, client, both)).status, 400);
    for (const value of ['Basic', 'Basic !!!', 'Basic Og==', `Basic ${Buffer.from('a:%zz').toString('base64')}`]) {
      const reply = await askForToken(here.gateway, undefined, undefined, { authorization: value });
      ok([400, 401].includes(reply.status), `${value}: ${reply.status}`);
    }
  });
});
