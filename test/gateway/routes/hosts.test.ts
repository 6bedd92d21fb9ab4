import { deepEqual, equal, match } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { gatewayTo, type TestGateway, type TestUpstream, upstreamThat } from '../started.ts';

let wiki: TestUpstream;
let api: TestUpstream;
let rest: TestUpstream;
let gateway: TestGateway;

const rules = ['    rules: |', '      public read /**', '      user * /**'].join('\n');

const fileOf = (...routes: readonly string[]): string => `routes:\n${routes.join('\n')}\n`;
const routeOf = (host: string, upstream: string, ...lines: readonly string[]): string =>
  [`  - host: "${host}"`, `    upstream: ${upstream}`, ...lines.map((line) => `    ${line}`), rules].join('\n');

before(async () => {
  wiki = await upstreamThat((req, res) => void res.end(`wiki ${req.headers.host} ${req.url}`));
  api = await upstreamThat((req, res) => void res.end(`api ${req.headers.host} ${req.url}`));
  rest = await upstreamThat((_req, res) => void res.end('rest'));
  const file = fileOf(
    routeOf('wiki.example', wiki.url),
    routeOf('wiki.example', api.url, 'path: /api'),
    routeOf('*.example', api.url),
    routeOf('only.test', wiki.url, 'path: /here'),
  );
  gateway = await gatewayTo(rest.url, { file, options: { rules: 'public * /**' } });
});
after(async () => {
  for (const one of [gateway, wiki, api, rest]) await one[Symbol.asyncDispose]();
});

for (const [host, target, status, answer] of [
  ['wiki.example', '/a', 200, 'wiki wiki.example /a'],
  ['WIKI.example:8080', '/a?b', 200, 'wiki WIKI.example:8080 /a?b'],
  ['wiki.example', '/api', 200, 'api wiki.example /api'],
  ['wiki.example', '/api/x', 200, 'api wiki.example /api/x'],
  ['wiki.example', '/apis', 200, 'wiki wiki.example /apis'],
  ['other.example', '/api', 200, 'api other.example /api'],
  ['only.test', '/here/x', 200, 'wiki only.test /here/x'],
  ['only.test', '/there', 404, '"code":"not_found"'],
  ['only.test', '/_gatewarden/healthz', 200, ''],
  ['localhost', '/a', 200, 'rest'],
  ['wiki.example', '/API/x', 400, '"code":"ambiguous_path"'],
  ['wiki.example', '/x//api/y', 200, 'wiki wiki.example /x//api/y'],
  ['wiki.example', '//api/y', 400, '"code":"ambiguous_path"'],
  ['unknown.test', '/', 421, '"code":"misdirected_host"'],
] as const) {
  test(`${target} on ${host} answers ${status} ${answer}`, async () => {
    const heard = await gateway.send(host, target);
    equal(heard.status, status);
    match(heard.text, new RegExp(answer.replace(/[.?]/g, '\\$&')));
  });
}

test('each route has rules of its own', async () => {
  equal((await gateway.send('wiki.example', '/a', { method: 'DELETE' })).status, 401);
  equal((await gateway.send('localhost', '/a', { method: 'DELETE' })).status, 200);
});

test('the line of a request in the log names its route, also of one that is refused', async () => {
  await gateway.send('wiki.example', '/logged');
  await gateway.send('wiki.example', '/api/logged', { method: 'POST' });
  const named = gateway.lines.filter(({ path }) => String(path).endsWith('/logged')).map(({ route }) => route);
  deepEqual(named, ['wiki.example', 'wiki.example/api']);
});

test('where there is one route, its name is not in the log', async () => {
  await using alone = await gatewayTo(rest.url, { options: { rules: 'public * /**' } });
  await alone.send('localhost', '/a');
  deepEqual(
    alone.lines.filter(({ path }) => path === '/a').map((line) => 'route' in line),
    [false],
  );
});
