import { deepEqual, equal, rejects } from 'node:assert/strict';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { Strategy } from 'passport-local';
import { ok, type Result, refused, StoreUnavailableError } from '../../lib/errors.ts';
import type { Caller } from '../../lib/services.ts';
import { type PresentedPassword, passwordAuthenticator } from '../../lib/session/password-authenticator.ts';
import type { UserRecord } from '../../lib/stores/records/kinds/user.ts';
import { password, site } from '../routes/site.ts';
import { userNamed } from './serve.ts';

const caller = { address: '192.0.2.1', agent: 'test' };
const right: PresentedPassword = { username: 'ada', password: 'a right one' };

/** An authenticator over a comparison that says `answer`, and keeps what it was asked. */
function over(answer: () => Promise<Result<UserRecord>>) {
  const asked: (readonly [unknown, Caller])[] = [];
  const authenticator = passwordAuthenticator({
    verify(input, from) {
      asked.push([input, from]);
      return answer();
    },
  });
  function authenticate(body: PresentedPassword, { query = {}, raw = body as unknown } = {}) {
    const req = Object.assign(new IncomingMessage(new Socket()), { body: raw, query });
    return authenticator.authenticate(req, new ServerResponse(req), body, caller, 'form');
  }
  return { asked, authenticate };
}

const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.refusal.code);

describe('the authenticator of passwords', () => {
  it('gives the user of a right password, and says who calls', async () => {
    const { asked, authenticate } = over(async () => ok(userNamed('ada')));
    const result = await authenticate(right);
    equal(result.ok && result.value.id, 'u_ada');
    deepEqual(asked, [[right, caller]]);
  });

  for (const code of ['invalid_credentials', 'rate_limited', 'account_pending'] as const) {
    it(`passes the refusal ${code} on, with all that it says`, async () => {
      const refusal = refused(code, { retryAfter: 7 });
      deepEqual(await over(async () => refusal).authenticate(right), refusal);
    });
  }

  it('rejects when the store cannot answer', async () => {
    const { authenticate } = over(() => Promise.reject(new StoreUnavailableError('sqlite')));
    await rejects(authenticate(right), StoreUnavailableError);
  });

  const nothing: [title: string, body: PresentedPassword, more: { query?: object; raw?: unknown }][] = [
    ['no password', { username: 'ada' }, {}],
    ['a password in the query alone', { username: 'ada' }, { query: { password: 'a right one' } }],
    ['both in the query', {}, { query: right }],
    ['a list in place of a text', { username: 'ada' }, { raw: { username: 'ada', password: ['a', 'b'] } }],
  ];
  for (const [title, body, more] of nothing) {
    it(`compares nothing for ${title}`, async () => {
      const { asked, authenticate } = over(async () => ok(userNamed('ada')));
      equal(codeOf(await authenticate(body, more)), 'invalid_credentials');
      deepEqual(asked, []);
    });
  }

  it('compares an empty text as any other, and not what the query has in its place', async () => {
    const { asked, authenticate } = over(async () => refused('invalid_credentials'));
    const body = { username: 'ada', password: '' };
    equal(codeOf(await authenticate(body, { query: right })), 'invalid_credentials');
    deepEqual(asked, [[body, caller]]);
  });

  it('keeps sign-ins that run at the same time apart', async () => {
    const authenticator = passwordAuthenticator({
      async verify({ username }) {
        await new Promise((resolve) => setTimeout(resolve, Number(String(username).slice(4)) % 7));
        return ok(userNamed(String(username)));
      },
    });
    const names = Array.from({ length: 100 }, (_, at) => `user${at}`);
    const results = await Promise.all(
      names.map((username) => {
        const body = { username, password: 'x' };
        const req = Object.assign(new IncomingMessage(new Socket()), { body });
        return authenticator.authenticate(req, new ServerResponse(req), body, caller, 'form');
      }),
    );
    deepEqual(
      results.map((result) => result.ok && result.value.username),
      names,
    );
  });
});

describe('a sign-in over HTTP', () => {
  async function counted(t: TestContext) {
    const here = await site();
    t.after(() => here[Symbol.asyncDispose]());
    await here.gate.users.create({ username: 'ada', password });
    const strategy = t.mock.method(Strategy.prototype, 'authenticate');
    return { here, strategy };
  }

  it('goes through one passport-local strategy, as a form and as JSON', async (t) => {
    const { here, strategy } = await counted(t);
    equal((await here.client().form('/auth/login', { username: 'ada', password })).status, 303);
    equal((await here.client().json('/auth/api/v1/login', { username: 'ada', password })).status, 200);
    const strategies = strategy.mock.calls.map(({ this: used }) => Object.getPrototypeOf(used));
    equal(strategies.length, 2);
    equal(strategies[0], strategies[1]);
  });

  const bodies: Record<string, string>[] = [{ username: 'ada' }, { username: 'ada', password: '' }, {}];
  for (const fields of bodies) {
    it(`takes no password from the URL beside ${JSON.stringify(fields)}`, async (t) => {
      const { here } = await counted(t);
      const query = new URLSearchParams({ username: 'ada', password });
      equal((await here.client().form(`/auth/login?${query}`, fields)).status, 401);
      const answer = await here.client().json(`/auth/api/v1/login?${query}`, fields);
      equal(answer.status, 'password' in fields ? 401 : 400);
    });
  }
});
