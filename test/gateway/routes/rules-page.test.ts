import { deepEqual, doesNotMatch, equal, match } from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { gatewayTo, type TestGateway } from '../started.ts';
import { fileOf, routeOf } from './files.ts';

const service = 'http://127.0.0.1:1';
const wiki = routeOf(
  'wiki.localhost',
  `${service}/wiki`,
  'path: /docs',
  'rules: viewer read /docs/**; user read /docs/a; user * /else/**',
);
const files = routeOf('files.localhost', service);

let gateway: TestGateway;
let admin: { cookie: string };
before(async () => {
  gateway = await gatewayTo(undefined, { file: fileOf(wiki, files) });
  admin = await gateway.signIn('ada', 'admin');
});
after(() => gateway[Symbol.asyncDispose]());

async function read(query: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const headers = { cookie: admin.cookie };
  const answer = await fetch(`${gateway.url}/_gatewarden/admin/rules?${new URLSearchParams(query)}`, { headers });
  return { status: answer.status, text: await answer.text() };
}

const namesIn = (text: string) => [...text.matchAll(/<th scope="row"><a [^>]*><bdi>([^<]*)</g)].map(([, name]) => name);

test('all routes of the file are listed, with where they lead to and their warnings', async () => {
  const { text } = await read();
  deepEqual(namesIn(text), ['wiki.localhost/docs', 'files.localhost']);
  match(text, /2 services/);
  match(text, /<code>http:\/\/127\.0\.0\.1:1\/wiki<\/code>/);
  match(text, /2 warnings/);
});

test('a route has a page with its rules, by the lines of the file', async () => {
  const { text } = await read({ route: 'wiki.localhost/docs' });
  match(text, /Rules of wiki\.localhost\/docs/);
  match(text, /Never decides: line 5 matches all that it would/);
  match(text, /Matches no path of this service/);
  doesNotMatch(text, /public/);
});

test('a question names the route, and a host that no route names has none', async () => {
  const { text } = await read({ url: 'http://wiki.localhost/docs/a', as: 'viewer' });
  match(text, /The request passes/);
  match(text, /route=wiki\.localhost%2Fdocs"/);
  match((await read({ url: 'http://wiki.localhost/other' })).text, /refused: not_found/);
});

test('a reload changes what is listed and what would happen, and many routes are in pages', async () => {
  const many = Array.from({ length: 60 }, (_, n) => routeOf(`h${n}.localhost`, service));
  gateway.reload(fileOf(...many));
  const first = await read();
  equal(namesIn(first.text).length, 50);
  equal((await read({ route: 'wiki.localhost/docs' })).status, 404);
  match((await read({ url: 'http://h7.localhost/public/a' })).text, /The rule allows everybody/);
  const [, next = ''] = /href="[^"]*\?(start=[^"]*)"/.exec(first.text) ?? [];
  const second = await read(Object.fromEntries(new URLSearchParams(next)));
  deepEqual(namesIn(second.text).length, 10);
  match(second.text, /First page/);
  gateway.reload(fileOf(wiki, files));
});
