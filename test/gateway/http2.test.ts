import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import test, { after } from 'node:test';
import { adminPassword } from '../support/gateway.ts';
import { answerOn, secureGatewayTo } from './secure.ts';
import { type Seen, upstreamThat, valuesOf } from './started.ts';

const upstream = await upstreamThat(async (req, res) => {
  if (req.url === '/public/trailers') {
    res.writeHead(200, { trailer: 'X-Sum' }).write('rows');
    res.addTrailers({ 'X-Sum': '42', 'Set-Cookie': 'a=b' });
    return void res.end();
  }
  const body = await text(req);
  res.writeHead(200, [
    ['X-Method', req.method ?? ''],
    ['X-Twice', 'one'],
    ['X-Twice', 'two'],
    ['Connection', 'X-Hop'],
    ['X-Hop', 'mine'],
    ['Set-Cookie', 'a=b'],
    ['Set-Cookie', 'c=d'],
    ['Content-Length', String(body.length)],
  ]);
  res.end(body);
});
const gateway = await secureGatewayTo(upstream.url);
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const lastSeen = (): Seen => {
  const seen = upstream.seen.at(-1);
  if (seen === undefined) throw new Error('nothing reached the upstream');
  return seen;
};

test('a request of HTTP/2 reaches the upstream as one of HTTP/1.1', async () => {
  const before = upstream.seen.length;
  const answer = await gateway.ask({ ':path': '/public/x?y=%20z', 'x-own': 'v\u00e4lue', cookie: ['a=1', 'b=2'] });
  const seen = lastSeen();
  deepEqual([answer.status, answer.code, upstream.seen.length - before], [200, 0, 1]);
  deepEqual([seen.method, seen.target], ['GET', '/public/x?y=%20z']);
  deepEqual(valuesOf(seen, 'host'), [`127.0.0.1:${gateway.port}`]);
  deepEqual(valuesOf(seen, 'cookie'), ['a=1; b=2']);
  deepEqual(valuesOf(seen, 'x-own'), ['v\u00e4lue']);
  deepEqual(valuesOf(seen, 'x-forwarded-proto'), ['https']);
  equal(
    seen.rawHeaders.some((one) => one.startsWith(':')),
    false,
  );
  equal(valuesOf(seen, 'transfer-encoding').length, 0);
});

test('the answer has the headers of the upstream, without those of a connection', async () => {
  const { headers } = await gateway.ask({ ':path': '/public/x' });
  deepEqual([headers['x-method'], headers['x-twice']], ['GET', 'one, two']);
  deepEqual([headers.connection, headers['x-hop'], headers['keep-alive']], [undefined, undefined, undefined]);
  deepEqual(headers['set-cookie'], ['a=b', 'c=d']);
});

test('a body is passed on, with a length and without one', async () => {
  const [path, method] = ['/public/echo', 'POST'];
  const sized = await gateway.ask({ ':path': path, ':method': method, 'content-length': 5 }, 'hello');
  deepEqual([sized.body, valuesOf(lastSeen(), 'content-length')], ['hello', ['5']]);
  const open = await gateway.ask({ ':path': path, ':method': method }, 'x'.repeat(200_000));
  equal(open.body, 'x'.repeat(200_000));
  const empty = await gateway.ask({ ':path': path, ':method': method, 'content-length': 0 });
  deepEqual([empty.status, empty.body], [200, '']);
});

test('HEAD gets the headers only', async () => {
  const answer = await gateway.ask({ ':path': '/public/x', ':method': 'HEAD' });
  deepEqual([answer.status, answer.headers['x-method'], answer.body, answer.code], [200, 'HEAD', '', 0]);
});

test('trailers pass, except those that no trailer may be', async () => {
  const answer = await gateway.ask({ ':path': '/public/trailers' });
  deepEqual([answer.body, answer.trailers['x-sum'], answer.trailers['set-cookie']], ['rows', '42', undefined]);
});

test('requests of one connection are answered side by side', async () => {
  const session = gateway.connect();
  const paths = Array.from({ length: 50 }, (_, at) => `/public/echo/${at}`);
  const answers = await Promise.all(
    paths.map((path) => answerOn(session.request({ ':path': path, ':method': 'POST' }), path)),
  );
  deepEqual(
    answers.map(({ body }) => body),
    paths,
  );
  session.close();
});

test('our own pages are served: sign-in, a request with the cookie, and sign-out', async () => {
  const made = await gateway.gate.users.create({ username: 'zoe', password: adminPassword, role: 'user' });
  equal(made.ok, true);
  const page = await gateway.ask({ ':path': '/_gatewarden/login', accept: 'text/html' });
  match(page.body, /<form/);
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: gateway.url, ':method': 'POST' };
  const fields = new URLSearchParams({ username: 'zoe', password: adminPassword, next: '/notes' }).toString();
  const signedIn = await gateway.ask({ ':path': '/_gatewarden/login', ...form }, fields);
  deepEqual([signedIn.status, signedIn.headers.location], [303, '/notes']);
  const cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  equal((await gateway.ask({ ':path': '/notes', cookie })).status, 200);
  deepEqual(valuesOf(lastSeen(), 'x-forwarded-user'), ['zoe']);
  const out = await gateway.ask({ ':path': '/_gatewarden/logout', cookie, ...form }, 'all=false');
  equal(out.status, 303);
  equal((await gateway.ask({ ':path': '/notes', cookie })).status, 401);
});

test('each request of a connection has the identity of its own credential', async () => {
  const users = await Promise.all(['tess', 'otto'].map(async (name) => ({ name, ...(await gateway.bearer(name)) })));
  const session = gateway.connect();
  const before = upstream.seen.length;
  const asked = Array.from({ length: 40 }, (_, at) => users[at % 2] ?? { name: '', authorization: '' });
  await Promise.all(
    asked.map(({ name, authorization }) => answerOn(session.request({ ':path': `/of/${name}`, authorization }))),
  );
  session.close();
  const seen = upstream.seen.slice(before).map((one) => `${one.target} ${valuesOf(one, 'x-forwarded-user')}`);
  deepEqual(seen.sort(), asked.map(({ name }) => `/of/${name} ${name}`).sort());
});

test('what is refused has the answers of HTTP/1.1, and a line in the log', async () => {
  const before = upstream.seen.length;
  const refused = await gateway.ask({ ':path': '/notes', 'x-request-id': 'chosen' });
  deepEqual([refused.status, JSON.parse(refused.body).code], [401, 'missing_credential']);
  equal((await gateway.ask({ ':path': '/a/../b' })).status, 400);
  equal((await gateway.ask({ ':path': '/x', ':authority': 'elsewhere.example' })).status, 421);
  equal(upstream.seen.length, before);
  const id = refused.headers['x-request-id'];
  deepEqual(
    gateway.lines.filter(({ requestId }) => requestId === id).map(({ path, status }) => [path, status]),
    [['/notes', 401]],
  );
});

test('a body is asked for once the request is allowed (100-continue)', async () => {
  const session = gateway.connect();
  const expecting = { ':method': 'POST', expect: '100-continue', 'content-length': 5 };
  const allowed = session.request({ ':path': '/public/echo', ...expecting });
  await once(allowed, 'continue');
  equal((await answerOn(allowed, 'hello')).body, 'hello');
  const refused = session.request({ ':path': '/notes', ...expecting });
  let asked = false;
  refused.on('continue', () => {
    asked = true;
  });
  const [headers] = await once(refused, 'response');
  deepEqual([headers[':status'], asked], [401, false]);
  refused.close();
  equal((await gateway.ask({ ':path': '/public/x', expect: '200-ok' })).status, 417);
  session.close();
});

test('HTTP/1.1 is served beside it, and is https as well', async () => {
  const answer = await gateway.askHttp1('/public/echo', { method: 'POST' }, 'hello');
  deepEqual(answer, { status: 200, body: 'hello' });
  deepEqual(valuesOf(lastSeen(), 'x-forwarded-proto'), ['https']);
});

test('a file that is sent while it is read arrives whole, and HEAD of it is a head', async () => {
  const admin = await gateway.bearer('files', 'admin');
  for (let n = 0; n < 450; n += 1) await gateway.gate.users.create({ username: `many${n}`, role: 'viewer' });
  const path = '/_gatewarden/admin/audit.json?event=user.changed';
  const answer = await gateway.ask({ ':path': path, ...admin });
  deepEqual([answer.status, answer.code, answer.headers['content-length']], [200, 0, undefined]);
  equal((JSON.parse(answer.body) as unknown[]).length > 450, true);
  const head = await gateway.ask({ ':method': 'HEAD', ':path': path, ...admin });
  deepEqual([head.status, head.code, head.body], [200, 0, '']);
});
