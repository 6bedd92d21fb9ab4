import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gatewayTo, type TestGateway, upstreamThat, valuesOf } from '../gateway/started.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

let here: Besieged;
before(async () => {
  here = await besieged({ scopes: 'deploy:write=operator,read:things,admin=viewer,operator=viewer,user=viewer' });
  for (const role of ['viewer', 'user', 'operator', 'admin']) await here.addUser(`the-${role}`, { role });
});
after(() => here[Symbol.asyncDispose]());

type Bearer = Readonly<{ authorization: string }>;
const api = (path: string) => `${own}/api/v1/${path}`;
const bearerIn = (text: string): Bearer => ({ authorization: `Bearer ${JSON.parse(text).token}` });

async function signIn(role: string): Promise<Bearer> {
  return bearerIn((await here.gateway.json('POST', api('login'), { username: `the-${role}`, password })).text);
}

let serial = 0;
type Wish = Readonly<{ role?: string; scopes?: readonly string[]; expires_at?: string }>;

/** A token of the user of that role, with what it was made to hold. */
async function token(role: string, wish: Wish, maker?: Bearer): Promise<Bearer> {
  const body = { name: `t${++serial}`, ...wish };
  const made = await here.gateway.json('POST', api('tokens'), body, maker ?? (await signIn(role)));
  equal(made.status, 201, made.text);
  return bearerIn(made.text);
}

async function holds(bearer: Bearer): Promise<{ role: string; scopes: string[] }> {
  return JSON.parse((await here.gateway.ask(api('session'), { headers: bearer })).text);
}

type Call = readonly [method: string, path: string, body?: object];

const reads: readonly Call[] = [
  ['GET', 'tokens'],
  ['GET', 'sessions'],
];
const writes: readonly Call[] = [
  ['POST', 'tokens', { name: 'more' }],
  ['DELETE', 'tokens/none', {}],
  ['DELETE', 'sessions/none'],
  ['DELETE', 'session'],
  ['PUT', 'account/password', { current_password: password, new_password: 'some herons in the rain' }],
];
const overseeing: readonly Call[] = [
  ['GET', 'users'],
  ['GET', 'users/the-admin'],
];
const ruling: readonly Call[] = [
  ['POST', 'users', { username: 'puppet', role: 'admin', password }],
  ['PATCH', 'users/the-user', { role: 'admin' }],
  ['DELETE', 'users/the-user', {}],
  ['POST', 'users/the-admin/token', {}],
  ['GET', 'audit'],
];

const refusals: readonly (readonly [who: string, role: string, wish: Wish, calls: readonly Call[], code: string])[] = [
  ['an app’s scope alone', 'admin', { scopes: ['read:things'] }, [...reads, ...writes], 'insufficient_scope'],
  ['an app’s scope alone', 'admin', { scopes: ['read:things'] }, [...overseeing, ...ruling], 'insufficient_scope'],
  ['no scope at all', 'admin', { scopes: [] }, [...reads, ...writes, ...overseeing, ...ruling], 'insufficient_scope'],
  ['scopes named like roles', 'admin', { scopes: ['admin', 'operator'] }, ruling, 'insufficient_scope'],
  ['scopes named like roles', 'viewer', { scopes: ['admin', 'operator'] }, ruling, 'insufficient_role'],
  ['scopes named like roles', 'viewer', { scopes: ['admin', 'operator'] }, overseeing, 'insufficient_role'],
  ['reading one’s own', 'admin', { scopes: ['gatewarden:read'] }, writes, 'insufficient_scope'],
  ['reading one’s own', 'admin', { scopes: ['gatewarden:read'] }, ruling, 'insufficient_scope'],
  ['changing one’s own', 'admin', { scopes: ['gatewarden:write'] }, [...reads, ...ruling], 'insufficient_scope'],
  ['administration', 'admin', { scopes: ['gatewarden:admin'] }, [...reads, ...writes], 'insufficient_scope'],
  ['a role lower than its owner’s', 'admin', { role: 'operator' }, ruling, 'insufficient_role'],
  ['a role lower than its owner’s', 'admin', { role: 'user' }, [...overseeing, ...ruling], 'insufficient_role'],
  ['an operator’s role', 'operator', {}, ruling, 'insufficient_role'],
  ['a user’s role', 'user', {}, [...overseeing, ...ruling], 'insufficient_role'],
];

for (const [what, role, wish, calls, code] of refusals) {
  const named = calls.map(([method, path]) => `${method} ${path}`).join(', ');
  test(`a token of the ${role} with ${what} calls ${named}`, async () => {
    const bearer = await token(role, wish);
    for (const [method, path, body] of calls) {
      const front: Front = here.fronts[++serial % here.fronts.length] ?? here.gateway;
      const reply = await front.json(method, api(path), body ?? {}, bearer);
      deepEqual([method, path, reply.status, reply.code], [method, path, 403, code]);
    }
    deepEqual(await Promise.all(['puppet'].map((name) => here.gate.users.get(name))), [undefined]);
    equal((await here.gate.users.get('the-user'))?.role, 'user');
  });
}

const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
const later = new Date(Date.now() + 2 * 86_400_000).toISOString();

const grabs: readonly (readonly [what: string, role: string, maker: Wish, wanted: Wish, field: string])[] = [
  ['a role above its owner’s', 'user', {}, { role: 'admin' }, 'role'],
  ['a role above that of the token that makes it', 'admin', { role: 'user' }, { role: 'operator' }, 'role'],
  ['a scope that its owner’s role may not hold', 'user', {}, { scopes: ['deploy:write'] }, 'scopes'],
  [
    'a scope that the maker lacks',
    'admin',
    { scopes: ['gatewarden:write'] },
    { scopes: ['gatewarden:admin'] },
    'scopes',
  ],
  ['a scope beyond its role', 'admin', {}, { role: 'user', scopes: ['gatewarden:admin'] }, 'scopes'],
  ['a scope that nobody declared', 'admin', {}, { scopes: ['everything'] }, 'scopes'],
  ['every scope by a star', 'admin', {}, { scopes: ['*'] }, 'scopes'],
  ['a role in another spelling', 'admin', {}, { role: 'ADMIN' }, 'role'],
  ['an end after its maker’s', 'admin', { expires_at: tomorrow }, { expires_at: later }, 'expires_at'],
];

for (const [what, role, held, wanted, field] of grabs) {
  test(`a token makes one with ${what}`, async () => {
    const reply = await here.gateway.json('POST', api('tokens'), { name: 'grab', ...wanted }, await token(role, held));
    deepEqual([reply.status, reply.code], [400, 'validation_failed']);
    deepEqual(
      (JSON.parse(reply.text) as { errors: { field: string }[] }).errors.map((one) => one.field),
      [field],
    );
  });
}

test('a token that is asked for nothing holds no more than the one that makes it, and ends with it', async () => {
  const parent = await token('admin', {
    role: 'operator',
    scopes: ['gatewarden:write', 'deploy:write'],
    expires_at: tomorrow,
  });
  const child = await token('admin', {}, parent);
  const grandchild = await token('admin', {}, child);
  for (const one of [child, grandchild]) {
    const { role, scopes, ...rest } = (await holds(one)) as Awaited<ReturnType<typeof holds>> & { expires_at: string };
    deepEqual([role, scopes.sort(), rest.expires_at], ['operator', ['deploy:write', 'gatewarden:write'], tomorrow]);
  }
});

async function minted(name: string, wish: object): Promise<Bearer> {
  const made = await here.gateway.json('POST', api(`users/${name}/token`), wish, await signIn('admin'));
  equal(made.status, 201, made.text);
  return bearerIn(made.text);
}

test('a minted token mints a token for somebody', async () => {
  const bearer = await minted('the-admin', {});
  const body = { current_password: password };
  const reply = await here.gateway.json('POST', api('users/the-admin/token'), body, bearer);
  deepEqual([reply.status, reply.code], [403, 'insufficient_role']);
});

test('an API token for administration mints a token that holds no more than itself, and lives no longer', async () => {
  const maker = await token('admin', { scopes: ['gatewarden:admin'], expires_at: tomorrow });
  const reply = await here.gateway.json('POST', api('users/the-admin/token'), { ttl: '30d' }, maker);
  equal(reply.status, 201, reply.text);
  const { role, scopes, expires_at } = JSON.parse(
    (await here.gateway.ask(api('session'), { headers: bearerIn(reply.text) })).text,
  );
  deepEqual([role, scopes, expires_at <= tomorrow], ['admin', ['gatewarden:admin'], true]);
});

test('a minted token makes one that would outlive it', async () => {
  const bearer = await minted('the-admin', { ttl: 60 });
  const body = { name: 'outliving', current_password: password };
  const reply = await here.gateway.json('POST', api('tokens'), body, bearer);
  deepEqual([reply.status, reply.code], [403, 'insufficient_role']);
});

for (const [wish, role] of [
  [{ type: 'User' }, 'user'],
  [{ type: 'Operator' }, 'operator'],
  [{ role: 'viewer' }, 'viewer'],
  [{ type: 'User', role: 'admin' }, 'user'],
] as const) {
  test(`a token minted with ${JSON.stringify(wish)} holds ${role} at most, for an admin and for the lowest`, async () => {
    const bearer = await minted('the-admin', wish);
    equal((await holds(bearer)).role, role);
    equal((await here.gateway.ask(api('audit'), { headers: bearer })).status, 403);
    equal((await holds(await minted('the-viewer', wish))).role, 'viewer');
  });
}

for (const role of ['viewer', 'user', 'operator']) {
  test(`a ${role} gives themselves a role, by session and by token`, async () => {
    const cookie = await here.gateway.signIn(`the-${role}`);
    for (const headers of [{ cookie, origin: here.gateway.url }, await signIn(role)]) {
      const body = { role: 'admin', current_password: password };
      const reply = await here.gateway.json('PATCH', api(`users/the-${role}`), body, headers);
      deepEqual([reply.status, reply.code], [403, 'insufficient_role']);
    }
    equal((await here.gate.users.get(`the-${role}`))?.role, role);
  });
}

test('fields that nobody asked for are refused, not taken over', async () => {
  const admin = await signIn('admin');
  const extras = [{ id: 'u_1' }, { epoch: 0 }, { password_hash: 'x' }, { scopes: ['admin'] }, { state: 'active' }];
  for (const extra of [...extras, { email_confirmed: true }]) {
    for (const [method, path] of [
      ['POST', 'users'],
      ['PATCH', 'users/the-user'],
      ['POST', 'tokens'],
      ['POST', 'users/the-user/token'],
    ] as const) {
      if (path === 'tokens' && 'scopes' in extra) continue;
      const reply = await here.gateway.json(method, api(path), { ...extra }, admin);
      deepEqual([method, path, reply.status, reply.code], [method, path, 400, 'validation_failed']);
    }
  }
});

test('an upstream takes no scope for a role: each is told behind its own word', async () => {
  await using upstream = await upstreamThat((_req, res) => void res.end());
  const options = { scopes: 'admin=viewer,operator=viewer', rules: 'viewer * /**' };
  const gateway: TestGateway = await gatewayTo(upstream.url, { options });
  try {
    const bearer = await gateway.bearer('vera', 'viewer');
    equal((await fetch(`${gateway.url}/x`, { headers: bearer })).status, 200);
    const [seen] = upstream.seen;
    const groups = seen ? (valuesOf(seen, 'x-forwarded-groups')[0] ?? '').split(',') : [];
    deepEqual(
      groups.filter((group) => !group.startsWith('scope:')),
      ['viewer'],
    );
    match(groups.join(), /scope:admin/);
  } finally {
    await gateway[Symbol.asyncDispose]();
  }
});
