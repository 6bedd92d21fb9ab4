import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { redisServer } from '../support/redis.ts';
import { answered, bearer, call, openSocket, until, whoIs, within } from './asking.ts';
import { isReady, type Pair, promise, startPair, type Wired } from './pair.ts';

const recovery = 30_000;

describe('a client of one instance on another', { skip: redisServer.skip }, () => {
  let pair: Pair;
  before(async () => {
    pair = await startPair();
  });
  after(() => pair?.[Symbol.asyncDispose]());

  let serial = 0;

  async function tokenFor(at: Wired, clientId: string, secret: string): Promise<string> {
    const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const url = `${at.address}${at.prefix}/oauth/token`;
    const { access_token } = await answered(
      await fetch(url, { method: 'POST', headers: { authorization }, body }),
      200,
    );
    return String(access_token);
  }

  /** A client that was made on one instance, with a token that both remember. */
  async function known() {
    const clientId = `client-${++serial}`;
    const body = { client_id: clientId, name: 'x', role: 'user', scopes: ['gatewarden:read', 'gatewarden:write'] };
    const made = await call(pair.one, '/clients', { method: 'POST', token: pair.admin, body });
    const { client_secret: secret } = await answered(made, 201);
    const token = await tokenFor(pair.other, clientId, String(secret));
    for (const at of [pair.one, pair.other, pair.one, pair.other]) {
      await until(
        async () => (await whoIs(at, bearer(token))) === `client:${clientId} user`,
        'it is accepted',
        recovery,
      );
    }
    return { clientId, token };
  }

  const asAdmin = (method: string, path: string, body: object) =>
    call(pair.one, path, { method, token: pair.admin, body });

  const ends: readonly [title: string, end: (clientId: string, token: string) => Promise<Response>][] = [
    ['deactivated', (id) => asAdmin('PATCH', `/clients/${id}`, { active: false })],
    ['deleted', (id) => asAdmin('DELETE', `/clients/${id}`, {})],
    ['given a secret that ends the others', (id) => asAdmin('POST', `/clients/${id}/secret`, { end_others: true })],
    ['done with its token, which it revokes', (_, token) => call(pair.one, '/session', { method: 'DELETE', token })],
  ];
  for (const [title, end] of ends) {
    it(`is refused a second after it is ${title}, and its socket is closed`, async () => {
      const { clientId, token } = await known();
      const socket = await openSocket(pair.other.address, bearer(token));
      const closed = once(socket, 'close');
      equal((await end(clientId, token)).ok, true);
      await wait(promise);
      const answers = new Set<string>();
      for (let times = 0; times < 20; times += 1) answers.add(await whoIs(pair.other, bearer(token)));
      deepEqual([...answers], ['401']);
      await within(closed, 'the socket is closed', recovery);
    });
  }

  it('is refused a second after it is deactivated also by one that is cut off from Redis', async () => {
    const { clientId, token } = await known();
    pair.other.redis.cut();
    equal((await asAdmin('PATCH', `/clients/${clientId}`, { active: false })).status, 200);
    await wait(promise);
    const answers = new Set<string>();
    for (let times = 0; times < 20; times += 1) answers.add(await whoIs(pair.other, bearer(token)));
    deepEqual([...answers], ['401']);
    pair.other.redis.mend();
    await until(() => isReady(pair.other), 'it is ready again', recovery);
  });

  it('has the lower role a second after it was given', async () => {
    const { clientId, token } = await known();
    equal((await asAdmin('PATCH', `/clients/${clientId}`, { role: 'viewer' })).status, 200);
    await wait(promise);
    equal(await whoIs(pair.other, bearer(token)), `client:${clientId} viewer`);
  });

  it('that deactivates where nobody can be told is answered 503, and a repetition is acknowledged', async () => {
    const { clientId, token } = await known();
    pair.one.redis.cut();
    const refused = await asAdmin('PATCH', `/clients/${clientId}`, { active: false });
    deepEqual([refused.status, ((await refused.json()) as { applied?: boolean }).applied], [503, true]);
    pair.one.redis.mend();
    const again = async () => (await asAdmin('PATCH', `/clients/${clientId}`, { active: false })).status === 200;
    await until(again, 'a repetition is acknowledged', recovery);
    await wait(promise);
    equal(await whoIs(pair.other, bearer(token)), '401');
  });
});
