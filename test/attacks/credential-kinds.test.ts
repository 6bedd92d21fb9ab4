import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sha256 } from '../../lib/crypto/digest.ts';
import { incoming } from '../support/incoming.ts';
import { type Besieged, besieged, own, password } from './fronts.ts';

/** A session cookie that is no session's, but the name under which something else is remembered. */
const asCookie = (value: string) => ({ cookie: `gatewarden=${value}` });

describe('whoever has read the store, and sends as a session cookie the hash that it keeps of', () => {
  let here: Besieged;
  before(async () => {
    here = await besieged();
    await here.addUser('ada', { role: 'admin' });
  });
  after(() => here[Symbol.asyncDispose]());

  const tokens = {
    'an API token': async () => {
      const made = await here.gate.tokens.create('ada', { name: 'ci' });
      return made.ok ? made.value.token : '';
    },
    'an access token': async () => {
      const body = JSON.stringify({ username: 'ada', password });
      const headers = { 'content-type': 'application/json' };
      const reply = await here.gateway.ask(`${own}/api/v1/login`, { method: 'POST', headers, body });
      return String(JSON.parse(reply.text).token);
    },
  };
  for (const [title, make] of Object.entries(tokens)) {
    test(`${title}, is nobody while its owner uses it`, async () => {
      const token = await make();
      for (const front of here.fronts) {
        equal((await front.ask('/private', { headers: { authorization: `Bearer ${token}` } })).status, 200);
        front.forget();
        const reply = await front.ask('/operator/x', { headers: asCookie(sha256(token)) });
        deepEqual([reply.status, reply.code, front.seen], [401, 'invalid_token', []]);
      }
    });
  }
});

test('a stranger whose session cookie names what auto-login is remembered by is nobody', async () => {
  await using here = await besieged({ autoLogin: true, autoLoginUser: 'owner' });
  await here.addUser('owner', { role: 'admin' });
  for (const front of here.fronts) equal((await front.ask('/private')).status, 200);
  for (const value of ['auto-login', 'auto-login%20', 's:auto-login', 's%3Aauto-login.x', '__proto__']) {
    const req = incoming({
      url: '/private',
      peer: '203.0.113.9',
      headers: [
        ['Host', 'localhost'],
        ['Cookie', `gatewarden=${value}`],
      ],
    });
    const decision = await here.gate.decide(req);
    deepEqual([value, decision.allow, decision.principal.via], [value, false, 'none']);
  }
});
