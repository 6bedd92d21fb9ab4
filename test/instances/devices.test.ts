import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { adminPassword } from '../support/gateway.ts';
import { redisServer } from '../support/redis.ts';
import { type Pair, startPair } from './pair.ts';

type Json = Record<string, unknown>;

const skip = redisServer.skip;
const client_id = 'gatewarden';
const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';

describe('devices at two instances on one MongoDB and one Redis', { skip }, () => {
  let pair: Pair;
  before(async () => {
    pair = await startPair();
  });
  after(() => pair?.[Symbol.asyncDispose]());

  const asked = (at: Pair['one'], path: string, fields: Record<string, string>) =>
    fetch(`${at.address}/_gatewarden/oauth${path}`, { method: 'POST', body: new URLSearchParams(fields) });
  const poll = (at: Pair['one'], device_code: string) => asked(at, '/token', { grant_type, client_id, device_code });

  async function begun(): Promise<{ device_code: string; user_code: string }> {
    const answer = await asked(pair.one, '/device_authorization', { client_id });
    equal(answer.status, 200);
    return (await answer.json()) as { device_code: string; user_code: string };
  }

  /** A person with a session, at the other instance. */
  async function person() {
    const one = pair.other.gateway.client();
    const signedIn = await one.form('/_gatewarden/login', { username: 'ada', password: adminPassword });
    equal(signedIn.status, 303);
    return one;
  }

  it('begun at one and approved at the other, 100 polls at both get the tokens once', async () => {
    const { device_code, user_code } = await begun();
    equal(((await (await poll(pair.other, device_code)).json()) as Json).error, 'authorization_pending');
    const form = { user_code, action: 'approve', current_password: adminPassword };
    equal((await (await person()).form('/_gatewarden/device', form)).status, 200);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, at) => poll(at % 2 ? pair.one : pair.other, device_code)),
    );
    const [granted, ...more] = answers.filter(({ status }) => status === 200);
    ok(granted !== undefined && more.length === 0);
    const { access_token: token } = (await granted.json()) as Json;
    for (const { address } of [pair.one, pair.other]) {
      const headers = { authorization: `Bearer ${token}` };
      const session = (await (await fetch(`${address}/_gatewarden/api/v1/session`, { headers })).json()) as Json;
      deepEqual([session.user, session.via], ['ada', 'access-token']);
    }
  });

  it('wrong codes at one count at the other', async () => {
    const statuses: number[] = [];
    const ada = await person();
    const cookie = ada.jar.header;
    for (let at = 0; at < 8; at += 1) {
      const { address } = at % 2 ? pair.one : pair.other;
      const body = new URLSearchParams({ user_code: 'BCDF-GHJK' });
      const headers = { cookie, origin: address };
      statuses.push((await fetch(`${address}/_gatewarden/device`, { method: 'POST', body, headers })).status);
    }
    deepEqual(statuses, [404, 404, 404, 404, 404, 429, 429, 429]);
  });

  it('while Redis hangs no device begins, and those that wait go on afterwards', async () => {
    const { device_code } = await begun();
    pair.redis.hang();
    try {
      equal((await asked(pair.one, '/device_authorization', { client_id })).status, 503);
    } finally {
      pair.redis.resume();
    }
    const deadline = Date.now() + 60_000;
    let error: unknown;
    while (error !== 'authorization_pending' && error !== 'slow_down' && Date.now() < deadline) {
      error = ((await (await poll(pair.one, device_code)).json()) as Json).error;
    }
    ok(error === 'authorization_pending' || error === 'slow_down', String(error));
  });
});
