import { deepEqual, equal, ok } from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gatewayTo, password, type TestGateway, upstreamThat } from '../gateway/started.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

type Headers = Readonly<Record<string, string>>;

/** A gateway on a clock that the test sets, while timers and sockets go on as ever. */
async function installed(t: TestContext) {
  const start = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now: start });
  const upstream = await upstreamThat((_req, res) => void res.end('the service'));
  const gateway = await gatewayTo(upstream.url, { options: { passwordMinLength: 8 } });
  t.after(async () => {
    await gateway[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });
  return { gateway, upstream, jump: (ms: number) => t.mock.timers.setTime(start + ms) };
}

const status = async ({ url }: TestGateway, headers: Headers): Promise<number> =>
  (await fetch(`${url}/x`, { headers })).status;

const call = ({ url }: TestGateway, method: string, path: string, body: object, headers: Headers = {}) =>
  fetch(`${url}/_gatewarden/api/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const login = (gateway: TestGateway, username: string, secret = password) =>
  call(gateway, 'POST', 'login', { username, password: secret });

async function accessToken(gateway: TestGateway, username: string): Promise<Headers> {
  const { token } = (await (await login(gateway, username)).json()) as { token: string };
  return { authorization: `Bearer ${token}` };
}

test('a clock that jumps ahead ends what is over by it, and nothing else', async (t) => {
  const { gateway, jump } = await installed(t);
  const session = await gateway.signIn('ada');
  const access = await accessToken(gateway, 'ada');
  const lasting = await gateway.bearer('robin');
  const body = { name: 'week', expires_at: new Date(Date.now() + 7 * day).toISOString() };
  const made = (await (await call(gateway, 'POST', 'tokens', body, lasting)).json()) as { token: string };
  const week = { authorization: `Bearer ${made.token}` };
  const all = async () => [
    await status(gateway, session),
    await status(gateway, access),
    await status(gateway, week),
    await status(gateway, lasting),
  ];
  deepEqual(await all(), [200, 200, 200, 200]);
  jump(2 * hour);
  deepEqual(await all(), [200, 401, 200, 200]);
  jump(15 * hour);
  deepEqual(await all(), [401, 401, 200, 200]);
  jump(8 * day);
  deepEqual(await all(), [401, 401, 401, 200]);
  equal((await login(gateway, 'ada')).status, 200);
});

test('a clock that is put back keeps nobody out, and nobody in who is signed out', async (t) => {
  const { gateway, jump, upstream } = await installed(t);
  const session = await gateway.signIn('ada');
  const token = await gateway.bearer('robin');
  const access = await accessToken(gateway, 'ada');
  for (const one of [session, token, access]) equal(await status(gateway, one), 200);
  jump(-day);
  for (const one of [session, token, access]) equal(await status(gateway, one), 200);
  equal((await login(gateway, 'ada')).status, 200);
  await gateway.signOut(session);
  equal((await call(gateway, 'DELETE', 'tokens/test', {}, token)).status, 204);
  equal((await call(gateway, 'DELETE', 'session', {}, access)).status, 204);
  const before = upstream.seen.length;
  for (const at of [-day, 0, day, -year]) {
    jump(at);
    for (const one of [session, token, access]) equal(await status(gateway, one), 401);
  }
  equal(upstream.seen.length, before);
});

test('a password that is changed while the clock stands in the past ends what was made later', async (t) => {
  const { gateway, jump } = await installed(t);
  const session = await gateway.signIn('ada');
  const access = await accessToken(gateway, 'ada');
  jump(-2 * day);
  const edited = await gateway.gate.users.edit('ada', { password: 'some herons in the rain' });
  ok(edited.ok);
  for (const at of [-2 * day, 0]) {
    jump(at);
    for (const one of [session, access]) equal(await status(gateway, one), 401);
  }
});

test('attempts that were counted in a year to come do not lock anybody out until then', async (t) => {
  const { gateway, jump } = await installed(t);
  await gateway.bearer('ada');
  jump(year);
  for (let attempt = 0; attempt < 5; attempt += 1) equal((await login(gateway, 'ada', 'wrong')).status, 401);
  const locked = await login(gateway, 'ada');
  equal(locked.status, 429);
  jump(0);
  const still = await login(gateway, 'ada');
  equal(still.status, 429);
  ok(Number(still.headers.get('retry-after')) <= 900);
  jump(16 * minute);
  equal((await login(gateway, 'ada')).status, 200);
});

test('guessing is counted on while the clock jumps about', async (t) => {
  const { gateway, jump } = await installed(t);
  await gateway.bearer('ada');
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    jump(attempt % 2 ? -5 * minute : 0);
    statuses.push((await login(gateway, 'ada', 'wrong')).status);
  }
  deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429, 429, 429, 429, 429, 429]);
});

test('what an upstream is told of somebody is signed for the time that it is', async (t) => {
  const { gateway, jump, upstream } = await installed(t);
  const token = await gateway.bearer('robin');
  for (const at of [0, day, -day]) {
    jump(at);
    equal(await status(gateway, token), 200);
    const assertion = String(upstream.seen.at(-1)?.req.headers['x-gatewarden-assertion']);
    const { exp } = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
    const left = exp - Date.now() / 1000;
    ok(left > 0 && left <= 61, `${left} s`);
  }
});

test('the audit log keeps the order in which things happened', async (t) => {
  const { gateway, jump } = await installed(t);
  for (const [at, name] of [
    [0, 'first'],
    [day, 'second'],
    [-day, 'third'],
  ] as const) {
    jump(at);
    await gateway.bearer(name);
  }
  const { items } = await gateway.gate.audit.list({ event: 'token.created' });
  deepEqual(
    items.map(({ detail }) => detail?.user),
    ['third', 'second', 'first'],
  );
});
