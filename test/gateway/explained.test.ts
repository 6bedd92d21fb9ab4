import { deepEqual, equal, match, ok } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat, valuesOf } from './started.ts';

let upstream: TestUpstream;
let gateway: TestGateway;
let admin: { authorization: string };
let una: { authorization: string };

type Told = Readonly<{
  decision: string;
  status: string;
  route: string | null;
  name: string | null;
  role: string;
  rule: Readonly<{ line: number; text: string }> | null;
  readings: readonly Readonly<{ path: string; rule: unknown }>[];
  headers: Readonly<Record<string, string>>;
  steps: readonly string[];
}>;

/** What the API explains, and the status that it answers with. */
async function told(query: Record<string, string>, headers: Record<string, string> = admin) {
  const url = `${gateway.url}/_gatewarden/api/v1/explain?${new URLSearchParams(query)}`;
  const answer = await fetch(url, { headers });
  return { answered: answer.status, ...((await answer.json()) as Told) };
}

before(async () => {
  upstream = await upstreamThat((_req, res) => void res.end('heard'));
  const file = [
    'routes:',
    '  - host: wiki.example',
    `    upstream: ${upstream.url}`,
    '    headers: { set: { X-Tenant: "the main one" } }',
    '    identity_headers: x-forwarded,X-Uid=id',
    '    rules: |',
    '      public read /open/**',
    '      operator * /admin/**',
    '      user * /**',
    '  - host: wiki.example',
    '    path: /api',
    `    upstream: ${upstream.url}`,
    '    case: sensitive',
    '    rules: operator * /**',
  ].join('\n');
  gateway = await gatewayTo(upstream.url, { file });
  admin = await gateway.bearer('ada', 'admin');
  una = await gateway.bearer('una', 'user');
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const cases: readonly [url: string, as: string | undefined, decision: string, route: string | null, line?: number][] = [
  ['http://wiki.example/x', 'una', 'ok', 'wiki.example', 9],
  ['http://wiki.example/x', 'user', 'ok', 'wiki.example', 9],
  ['http://wiki.example/x', 'viewer', 'insufficient_role', 'wiki.example', 9],
  ['http://wiki.example/x', undefined, 'missing_credential', 'wiki.example', 9],
  ['http://wiki.example/x', 'anony', 'missing_credential', 'wiki.example', 9],
  ['http://WIKI.example:8080/open/x', undefined, 'ok', 'wiki.example', 7],
  ['http://wiki.example/api/x', 'una', 'insufficient_role', 'wiki.example/api', 14],
  ['http://wiki.example/api/x', 'operator', 'ok', 'wiki.example/api', 14],
  ['http://wiki.example//api/x', 'ada', 'ambiguous_path', null],
  ['http://wiki.example/%61dmin/x', 'una', 'insufficient_role', 'wiki.example', 8],
  ['http://other.example/', 'ada', 'misdirected_host', null],
  ['/x', 'una', 'ok', 'upstream', 1],
];
for (const [url, as, status, route, line] of cases) {
  test(`the API explains GET ${url} as ${as ?? 'nobody'}: ${status}`, async () => {
    const found = await told({ method: 'GET', url, ...(as && { as }) });
    deepEqual(
      [found.answered, found.status, found.route, found.decision],
      [200, status, route, status === 'ok' ? 'passes' : 'refused'],
    );
    if (found.rule !== null) equal(found.rule.line, line);
  });
}

test('it tells the readings of the path, each with its rule', async () => {
  const { readings, steps } = await told({ method: 'GET', url: 'http://wiki.example/open/%2561dmin', as: 'una' });
  deepEqual(
    readings.map(({ path }) => path),
    ['/open/%61dmin', '/open/admin'],
  );
  ok(steps.some((step) => step.startsWith('Read as /open/admin: line 7')));
});

test('the headers that it tells are those that the service is sent, secrets apart', async () => {
  for (const [headers, as] of [
    [una, 'una'],
    [{}, undefined],
  ] as const) {
    const { headers: said } = await told({ method: 'GET', url: 'http://wiki.example/open/x', ...(as && { as }) });
    equal((await gateway.send('wiki.example', '/open/x', { headers })).status, 200);
    const seen = upstream.seen.at(-1);
    ok(seen);
    const sent = Object.keys(said).map((name) => [name, valuesOf(seen, name)] as const);
    deepEqual(Object.keys(said).length, 7);
    for (const [name, values] of sent) {
      equal(values.length, 1, name);
      if (said[name] === '***') match(name, /^(X-Tenant|X-Gatewarden-Assertion)$/);
      else equal(values[0], said[name]);
    }
  }
});

test('it says which of Gatewarden’s own paths no rule decides on, and sends no header for a refusal', async () => {
  equal((await told({ method: 'GET', url: 'http://wiki.example/_gatewarden/login' })).decision, 'own-path');
  deepEqual((await told({ method: 'GET', url: 'http://wiki.example/x' })).headers, {});
});

test('the address of the client is one that a rule asks for, or not', async () => {
  const file = `routes: [{ host: wiki.example, upstream: "${upstream.url}", rules: "viewer * /** network=10.0.0.0/8" }]`;
  await using other = await gatewayTo(upstream.url, { file });
  const { authorization } = await other.bearer('ada', 'admin');
  const ask = async (more: string) => {
    const url = `${other.url}/_gatewarden/api/v1/explain?method=GET&url=http://wiki.example/&as=viewer${more}`;
    return ((await (await fetch(url, { headers: { authorization } })).json()) as Told).status;
  };
  deepEqual([await ask(''), await ask('&from=10.1.2.3')], ['insufficient_role', 'ok']);
});

const refused: readonly [title: string, query: Record<string, string>, code: number][] = [
  ['a method in small letters', { method: 'get', url: '/' }, 400],
  ['a URL with a space', { method: 'GET', url: '/a b' }, 400],
  ['no URL', { method: 'GET' }, 400],
  ['an address that is none', { method: 'GET', url: '/', from: '300.1.1.1' }, 400],
  ['another parameter', { method: 'GET', url: '/', user: 'una' }, 400],
  ['somebody who is not there', { method: 'GET', url: '/', as: 'nobody-here' }, 404],
];
for (const [title, query, code] of refused) {
  test(`${title} is answered with ${code}`, async () => equal((await told(query)).answered, code));
}

test('a user who may not sign in is no caller, and a username goes before a role', async () => {
  await gateway.gate.users.create({ username: 'gone', role: 'user', active: false });
  equal((await told({ method: 'GET', url: '/', as: 'gone' })).answered, 403);
  await gateway.gate.users.create({ username: 'viewer', role: 'operator' });
  const { role } = await told({ method: 'GET', url: '/', as: 'viewer' });
  equal(role, 'operator');
});

test('the routes are those in force: after a reload the new ones', async () => {
  const fileOf = (rules: string) => `routes: [{ host: wiki.example, upstream: "${upstream.url}", rules: "${rules}" }]`;
  await using other = await gatewayTo(upstream.url, { file: fileOf('viewer * /**') });
  const { authorization } = await other.bearer('ada', 'admin');
  const ask = async () => {
    const url = `${other.url}/_gatewarden/api/v1/explain?method=GET&url=http://wiki.example/&as=viewer`;
    return ((await (await fetch(url, { headers: { authorization } })).json()) as Told).rule?.text;
  };
  equal(await ask(), 'viewer * /**');
  other.reload(fileOf('operator * /**'));
  equal(await ask(), 'operator * /**');
});

test('nobody below admin is told', async () => {
  equal((await told({ method: 'GET', url: '/' }, una)).answered, 403);
  equal((await told({ method: 'GET', url: '/' }, {})).answered, 401);
  const operator = await gateway.bearer('omar', 'operator');
  equal((await told({ method: 'GET', url: '/' }, operator)).answered, 403);
  const made = await gateway.gate.tokens.create('ada', { name: 'reads', scopes: ['gatewarden:read'] });
  ok(made.ok);
  equal((await told({ method: 'GET', url: '/' }, { authorization: `Bearer ${made.value.token}` })).answered, 403);
});
