import { deepEqual, equal, ok } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { redisServer } from '../support/redis.ts';
import { answered, call, until } from './asking.ts';
import { isReady, type Pair, startPair, type Wired } from './pair.ts';

const password = 'curlews on the tide line';

describe('people who sign up at two gateways on the same MongoDB and Redis', { skip: redisServer.skip }, () => {
  let pair: Pair;
  before(async () => {
    pair = await startPair({ settings: { SIGNUP: 'open' } });
  });
  after(() => pair?.[Symbol.asyncDispose]());

  /** The status, and the code of a refusal. */
  async function signUp(at: Wired, username: string, invitation?: string): Promise<string> {
    const response = await call(at, '/signup', { method: 'POST', body: { username, password, invitation } });
    const { code } = (await response.json()) as { code?: string };
    return code === undefined ? String(response.status) : `${response.status} ${code}`;
  }

  async function invite(at: Wired, uses: number, token = pair.admin) {
    const made = await answered(await call(at, '/invitations', { method: 'POST', token, body: { uses } }), 201);
    return { code: String(made.code), id: String(made.id) };
  }

  async function usersNamed(prefix: string): Promise<string[]> {
    const { items } = await answered(
      await call(pair.other, `/users?limit=200&q=${prefix}`, { token: pair.admin }),
      200,
    );
    return (items as { username: string }[]).map(({ username }) => username);
  }

  const side = (at: number): Wired => (at % 2 ? pair.one : pair.other);
  const unusable = '400 validation_failed';

  it('with one invitation at the same moment: as many get in as it is for', async () => {
    const { code } = await invite(pair.one, 3);
    const outcomes = await Promise.all(Array.from({ length: 12 }, (_, at) => signUp(side(at), `crowd${at}`, code)));
    equal(outcomes.filter((one) => one === '201').length, 3, `${outcomes}`);
    deepEqual([...new Set(outcomes)].sort(), ['201', unusable]);
    equal((await usersNamed('crowd')).length, 3);
  });

  it('with an invitation that was withdrawn at the other, or whose inviter was deactivated there: refused at once', async () => {
    const withdrawn = await invite(pair.one, 2);
    equal(await signUp(pair.other, 'late0', withdrawn.code), '201');
    await answered(
      await call(pair.one, `/invitations/${withdrawn.id}`, { method: 'DELETE', token: pair.admin, body: {} }),
      204,
    );
    equal(await signUp(pair.other, 'late1', withdrawn.code), unusable);

    const chief = { username: 'chief', password, role: 'operator' };
    await answered(await call(pair.one, '/users', { method: 'POST', token: pair.admin, body: chief }), 201);
    const { token } = await answered(
      await call(pair.one, '/login', { method: 'POST', body: { username: 'chief', password } }),
      200,
    );
    const voided = await invite(pair.other, 2, String(token));
    const off = { method: 'PATCH', token: pair.admin, body: { active: false } };
    await answered(await call(pair.one, '/users/chief', off), 200);
    equal(await signUp(pair.other, 'late2', voided.code), unusable);
  });

  it('while MongoDB hangs: nobody is told that they got in, and it goes on afterwards', async () => {
    const { code } = await invite(pair.one, 2);
    pair.mongod.process.signal('SIGSTOP');
    const outcomes = await Promise.all([signUp(pair.one, 'hung0', code), signUp(pair.other, 'hung1', code)]);
    pair.mongod.process.signal('SIGCONT');
    deepEqual(outcomes, ['503 store_unavailable', '503 store_unavailable']);
    await until(() => isReady(pair.one), 'ready again', 60_000);
    await until(() => isReady(pair.other), 'ready again', 60_000);
    ok((await usersNamed('hung')).length <= 2);
    const { code: another } = await invite(pair.one, 1);
    equal(await signUp(pair.other, 'after', another), '201');
  });

  it('who asks for names, from one address: 30 in an hour, whichever they come to', async () => {
    const outcomes: string[] = [];
    for (let at = 0; at < 32; at += 1) outcomes.push(await signUp(side(at), at < 16 ? 'ada' : 'chief'));
    deepEqual(outcomes, [...Array(30).fill('409 conflict'), ...Array(2).fill('429 rate_limited')]);
  });

  it('where the process is killed meanwhile: who was told that they got in has, and no more than it is for', async () => {
    const { code } = await invite(pair.other, 4);
    const told: string[] = [];
    const asked = Array.from({ length: 12 }, async (_, at) => {
      const outcome = await signUp(pair.one, `killed${at}`, code).catch(() => 'gone');
      if (outcome === '201') told.push(`killed${at}`);
      if (told.length === 2) await pair.one.gateway.process.stop('SIGKILL');
    });
    await Promise.all(asked);
    ok(told.length >= 2);
    for (let at = 0; at < 6; at += 1) await signUp(pair.other, `killedlater${at}`, code);
    const there = await usersNamed('killed');
    for (const name of told) ok(there.includes(name), `${name} of ${there}`);
    ok(there.length <= 4, `${there}`);
  });
});
