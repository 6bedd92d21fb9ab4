import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { type App, startApp } from '../express/app.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

let here: Besieged;
let boss: { authorization: string };
before(async () => {
  here = await besieged();
  await here.addUser('boss', { role: 'admin' });
  boss = await tokenOf('boss');
});
after(() => here[Symbol.asyncDispose]());

const another = 'some herons stand in the rain';

async function accessOf(username: string): Promise<{ authorization: string }> {
  const signedIn = await here.gateway.json('POST', `${own}/api/v1/login`, { username, password });
  return { authorization: `Bearer ${JSON.parse(signedIn.text).token}` };
}

async function tokenOf(username: string): Promise<{ authorization: string }> {
  const made = await here.gateway.json('POST', `${own}/api/v1/tokens`, { name: 'kept' }, await accessOf(username));
  return { authorization: `Bearer ${JSON.parse(made.text).token}` };
}

type Slow = Readonly<{ finish(): Promise<string> }>;

/** A request whose headers are there and have been judged; of its body all but the last byte. */
async function begun(
  front: Front,
  method: string,
  target: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<Slow> {
  const text = JSON.stringify(body);
  const lines = Object.entries({
    host: `127.0.0.1:${front.port}`,
    origin: front.url,
    'content-type': 'application/json',
    'content-length': String(text.length),
    expect: '100-continue',
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(front.port, '127.0.0.1').setEncoding('latin1');
  socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`);
  await once(socket, 'data');
  socket.write(text.slice(0, -1));
  // Another request that is judged in the same way and answered: this one was, too.
  await front.whoami(headers);
  return { finish: () => finished(socket, text.slice(-1)) };
}

async function finished(socket: Socket, rest: string): Promise<string> {
  let heard = '';
  socket.on('data', (more: string) => {
    heard += more;
  });
  socket.write(rest);
  await once(socket, 'close');
  return heard;
}

const fronts = ['guards', 'protect', 'gateway'] as const;

for (const name of fronts) {
  test(`a token that is made by a request which began before the change of password (${name})`, async () => {
    const front = here[name];
    const victim = `owner-${name}`;
    await here.addUser(victim);
    const stolen = await accessOf(victim);
    const slow = await begun(front, 'POST', `${own}/api/v1/tokens`, stolen, { name: 'survivor' });
    const changed = await front.json('PATCH', `${own}/api/v1/users/${victim}`, { password: another }, boss);
    equal(changed.status, 200);
    match(await slow.finish(), /^HTTP\/1\.1 401 [\s\S]*"token_revoked"/);
    deepEqual(await here.gate.tokens.list(victim), { items: [] });
  });

  test(`an admin that is made by a request which its maker began as an admin (${name})`, async () => {
    const front = here[name];
    const maker = `maker-${name}`;
    await here.addUser(maker, { role: 'admin' });
    const slow = await begun(front, 'POST', `${own}/api/v1/users`, await tokenOf(maker), {
      username: `puppet-${name}`,
      role: 'admin',
      password,
    });
    equal((await front.json('PATCH', `${own}/api/v1/users/${maker}`, { role: 'viewer' }, boss)).status, 200);
    match(await slow.finish(), /^HTTP\/1\.1 403 /);
    equal(await here.gate.users.get(`puppet-${name}`), undefined);
  });

  test(`a password that is set by a request which began before the sign-out (${name})`, async () => {
    const front = here[name];
    const victim = `leaver-${name}`;
    await here.addUser(victim);
    const cookie = await front.signIn(victim);
    const body = { current_password: password, new_password: another };
    const slow = await begun(front, 'PUT', `${own}/api/v1/account/password`, { cookie }, body);
    equal((await front.form(`${own}/logout`, {}, { origin: front.url, cookie })).status, 303);
    match(await slow.finish(), /^HTTP\/1\.1 401 /);
    equal(typeof (await front.signIn(victim)), 'string');
  });

  test(`a request that is not slow in the end is answered (${name})`, async () => {
    const front = here[name];
    const honest = `honest-${name}`;
    await here.addUser(honest);
    const slow = await begun(front, 'POST', `${own}/api/v1/tokens`, await tokenOf(honest), { name: 'late' });
    match(await slow.finish(), /^HTTP\/1\.1 201 /m);
  });
}

test('a slow request of an app that writes to its session after the sign-out', async () => {
  const begin = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const app: App = await startApp((app, { gate }) => {
    app.use('/auth', gate.router());
    app.use(gate.session());
    app.use(gate.authenticate());
    app.get('/slow', async (req, res) => {
      begin.resolve();
      await go.promise;
      Object.assign(req, { session: Object.assign(Reflect.get(req, 'session'), { visits: 1 }) });
      res.send('late');
    });
    app.get('/who', (req, res) => void res.send(req.auth.name));
  });
  try {
    const { cookie, user } = await app.signedInAs('user');
    equal((await app.ask('/who', { headers: { cookie } })).text, user.username);
    const slow = app.ask('/slow', { headers: { cookie } });
    await begin.promise;
    const headers = { cookie, origin: app.url };
    equal((await app.ask('/auth/api/v1/session', { method: 'DELETE', headers })).status, 204);
    go.resolve();
    const late = await slow;
    equal(late.status, 200);
    for (const one of [cookie, String(late.headers['set-cookie'] ?? '').split(';', 1)[0] ?? '']) {
      const asked = await app.ask('/who', { headers: { cookie: one } });
      deepEqual([asked.status, asked.text === user.username], [one === cookie ? 401 : asked.status, false]);
    }
  } finally {
    await app.close();
  }
});
