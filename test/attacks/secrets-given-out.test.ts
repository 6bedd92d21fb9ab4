import { deepEqual, equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import express from 'express';
import { type GateEventName, type Gatewarden, gatewarden, type Principal } from 'gatewarden';
import { sha256 } from '../../lib/crypto/digest.ts';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import { portOf } from '../gateway/started.ts';
import { client } from '../support/http.ts';
import { incoming } from '../support/incoming.ts';
import { partsOf, textsIn, writtenDown } from './everything-in.ts';

const password = 'herons over quiet water';
const next = 'quiet water under herons';
const secretKey = makeSecretKey();
const proxySecret = 'the-front-proxy-knows-this-one';
const caller = { address: '192.0.2.7', agent: 'test' };

/** Fields of the records behind the views, under none of which anything may be given out. */
const forbidden = ['passwordHash', 'nameKey', 'epoch', 'ended', 'hash', 'parentId', 'sealed', 'data', 'userId'];
const eventNames: readonly GateEventName[] = [
  ...(['login.succeeded', 'login.failed', 'logout', 'token.created', 'token.revoked'] as const),
  ...(['session.ended', 'user.changed', 'access.denied', 'auto-login.used'] as const),
];

let gate: Gatewarden;
let stores: Stores;
let close: () => Promise<void>;
/** What nobody may be given, by what it is. */
const secrets = new Map<string, string>();
/** What was given, by who gave it. */
const given = new Map<string, unknown>();

function keep(what: string, secret: string | undefined): void {
  if (secret === undefined || secret.length < 8) throw new Error(`there is no ${what}`);
  secrets.set(what, secret);
}

/** An app on the gate, and what a handler of it sees of whoever asks. */
async function serve(): Promise<string> {
  const app = express();
  app.use('/auth', gate.router());
  app.use(gate.authenticate());
  app.use((req, res) => {
    given.set(`req.auth (${req.auth.via})`, req.auth);
    given.set(`req.user (${req.auth.via})`, req.user);
    res.send('seen');
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections());
  return `http://127.0.0.1:${portOf(server)}`;
}

/** Ada signs in in every way, and everything that opens something is noted down. */
async function plant(base: string): Promise<Principal> {
  const browser = client(base);
  equal((await browser.form('/auth/login', { username: 'ada', password })).status, 303);
  const [id = '', signature] = decodeURIComponent(browser.jar.get('gatewarden') ?? '')
    .slice(2)
    .split('.');
  keep('session id', id);
  keep('signature of the session', signature);
  const told = (await (await client(base).json('/auth/api/v1/login', { username: 'ada', password })).json()) as {
    token: string;
    refresh_token: string;
  };
  keep('access token', told.token);
  keep('refresh token', told.refresh_token);
  keep('hash of the refresh token', sha256(told.refresh_token));
  const made = await gate.tokens.create('ada', { name: 'planted' });
  keep('API token', made.ok ? made.value.token : undefined);
  keep('hash of the API token', made.ok ? sha256(made.value.token) : undefined);
  await browser.send('/');
  for (const token of [made.ok ? made.value.token : '', told.token]) {
    await fetch(base, { headers: { authorization: `Bearer ${token}` } });
  }
  const asked = incoming({
    headers: [
      ['Host', 'localhost'],
      ['Cookie', browser.jar.header],
    ],
  });
  given.set('decide', await gate.decide(asked));
  given.set('decide (refused)', await gate.decide(incoming({ method: 'POST', url: '/%2e%2e/' })));
  given.set('explain', await gate.explain(asked));
  const found = await gate.decide(asked);
  return found.principal;
}

/** Every verb of every service; a verb that is missing here fails the test. */
const verbs: Record<string, Record<string, (by: { principal: Principal }) => Promise<unknown>>> = {
  users: {
    create: (by) => gate.users.create({ username: 'bob', password }, by),
    get: () => gate.users.get('ada'),
    list: () => gate.users.list(),
    count: () => gate.users.count(),
    edit: (by) => gate.users.edit('bob', { displayName: 'Bob', password: next }, by),
    endAll: (by) => gate.users.endAll('bob', {}, by),
    remove: (by) => gate.users.remove('bob', by),
  },
  tokens: {
    create: async (by) => {
      const made = await gate.tokens.create('ada', { name: 'shown' }, by);
      // The token itself is the one secret that is given out, once.
      return made.ok ? { ...made, value: { ...made.value, token: '' } } : made;
    },
    list: () => gate.tokens.list('ada'),
    revoke: (by) => gate.tokens.revoke('ada', 'shown', by),
  },
  signIn: {
    verify: () => gate.signIn.verify({ username: 'ada', password }, caller),
    confirm: (by) => gate.signIn.confirm(password, by),
    change: (by) => gate.signIn.change('ada', { password: next }, by),
  },
  sessions: {
    list: () => gate.sessions.list('ada'),
    listAll: () => gate.sessions.listAll(),
    count: () => gate.sessions.count(),
    get: (by) => gate.sessions.get('ada', by.principal.sessionId ?? ''),
    end: (by) => gate.sessions.end('ada', by.principal.sessionId ?? '', by),
    endAll: (by) => gate.sessions.endAll('ada', {}, by),
  },
  audit: {
    list: () => gate.audit.list({ limit: 200 }),
    get: async () => gate.audit.get((await gate.audit.list({ limit: 1 })).items[0]?.id ?? ''),
  },
};

/** Verbs whose order matters: what ends everything comes last. */
const order = ['users', 'tokens', 'sessions', 'signIn', 'audit'] as const;

before(async () => {
  stores = await openSqlite({ memory: true });
  const superuser = { superuser: 'ada', superuserPassword: password };
  const more = { secretKey: [secretKey], proxySecret, trustedProxies: ['192.0.2.1/32'], logLevel: 'silent' } as const;
  gate = await gatewarden({ ...superuser, ...more, stores });
  for (const name of eventNames) gate.on(name, (event) => given.set(`event ${name} ${given.size}`, event));
  keep('secret key', secretKey);
  keep('proxy secret', proxySecret);
  keep('password', password);
  keep('new password', next);
  const principal = await plant(await serve());
  keep('password hash', (await stores.records.byKey(userKind, 'name', 'ada'))?.passwordHash);
  await gate.signIn.verify({ username: 'ada', password: 'wrong, quite wrong' }, caller);
  for (const service of order) {
    for (const [verb, call] of Object.entries(verbs[service] ?? {})) {
      given.set(`${service}.${verb}`, await call({ principal }));
    }
  }
  keep('new password hash', (await stores.records.byKey(userKind, 'name', 'ada'))?.passwordHash);
  given.set('refusal', await gate.users.edit('nobody', {}));
  given.set('settings', gate.settings);
  given.set('ready', await gate.ready());
  given.set('gate', gate);
});
after(async () => {
  await close();
  await gate.close();
});

test('a gate has what an app needs, and nothing else', () => {
  deepEqual(Object.keys(gate).sort(), [
    ...['audit', 'authenticate', 'clients', 'close', 'decide', 'explain', 'invitations', 'on', 'protect', 'ready'],
    ...['requireRole', 'requireScope', 'requireSelf', 'router', 'session', 'sessions', 'settings', 'setupLink'],
    ...['signIn', 'tokens', 'users', 'wellKnown'],
  ]);
});

test('every verb of every service was called, and did what was asked', () => {
  const there = Object.entries(gate).filter(([name]) => name in verbs);
  deepEqual(
    Object.fromEntries(there.map(([name, service]) => [name, Object.keys(service as object).sort()])),
    Object.fromEntries(Object.keys(verbs).map((name) => [name, Object.keys(verbs[name] ?? {}).sort()])),
  );
  const failed = [...given].filter(([what, value]) => what !== 'refusal' && Reflect.get(Object(value), 'ok') === false);
  deepEqual(failed, []);
  ok(given.size > 30, `${given.size} things were given`);
});

test('nothing that a gate gives holds a password, a key, a token, or the hash of one', () => {
  const middleware = Object.entries({ router: gate.router(), session: gate.session(), guard: gate.authenticate() });
  const leaks = [...given, ...middleware].flatMap(([what, value]) => {
    const texts = [...writtenDown(value), ...textsIn(value)];
    return [...secrets]
      .filter(([, secret]) => texts.some((text) => text.includes(secret)))
      .map(([name]) => [what, name]);
  });
  deepEqual(leaks, []);
});

test('nothing that a gate gives has a field that only records have', () => {
  const leaks = [...given].flatMap(([what, value]) =>
    partsOf(value, what).filter(({ name }) => forbidden.includes(name)),
  );
  deepEqual(
    leaks.map(({ path }) => path),
    [],
  );
});

test('where a secret is set, the settings say so and no more', () => {
  deepEqual(
    [gate.settings.secretKey, gate.settings.proxySecret, gate.settings.superuserPassword],
    ['***', '***', '***'],
  );
  ok(Object.isFrozen(gate.settings));
});

test('the walk finds what is hidden: it could fail', () => {
  const hidden = Object.create(
    {
      get inherited() {
        return { epoch: 1 };
      },
    },
    { passwordHash: { value: secretKey } },
  );
  deepEqual(
    partsOf(hidden)
      .filter(({ name }) => forbidden.includes(name))
      .map(({ path }) => path),
    ['.passwordHash', '.inherited.epoch'],
  );
});
