import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { portOf, upstreamThat } from '../gateway/started.ts';
import { certificateIn } from '../support/certificates.ts';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { freePort } from '../support/ports.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  folder = await temporaryFolder();
});
after(() => folder[Symbol.asyncDispose]());

function fileOf(text: string): string {
  const file = join(folder.path, 'gatewarden.yaml');
  writeFileSync(file, text);
  return file;
}

const checked = (file: string, ...more: readonly string[]) =>
  gatewardenCommand(['check', '--config', file, ...more], { settings: { DATA_DIR: join(folder.path, 'data') } });

test('check runs the tests of the file and reaches every target, by its health path where it has one', async () => {
  await using web = await upstreamThat((_req, res) => void res.writeHead(404).end());
  const { authority, options } = await certificateIn(folder.path);
  const grpc = createHttp2Server((_req, res) => void res.writeHead(200).end()).listen(0, '127.0.0.1');
  const secure = createHttpsServer(options, (_req, res) => void res.end('ok')).listen(0, '127.0.0.1');
  await Promise.all([once(grpc, 'listening'), once(secure, 'listening')]);
  const urls = [`${web.url}/app`, `h2://127.0.0.1:${portOf(grpc)}`, `https://127.0.0.1:${portOf(secure)}`];
  const file = fileOf(`routes:
  - { host: a.example.com, upstream: "${urls[0]}", tests: [GET / -> 401, GET / as viewer -> 200] }
  - { host: b.example.com, upstream: "${urls[0]}" }
  - { host: c.example.com, upstream: "${urls[1]}", health: /ping }
  - { host: d.example.com, upstream: "${urls[2]}", tls: { ca: ${authority} } }`);
  const { code, stdout, stderr } = await checked(file, '-o', 'json');
  equal(code, 0, stderr);
  const { config, warnings } = JSON.parse(stdout);
  deepEqual(config, {
    file,
    routes: ['a.example.com', 'b.example.com', 'c.example.com', 'd.example.com'],
    tests: 2,
    warnings: [],
    targets: [
      { url: urls[0], ok: true, status: 404 },
      { url: urls[1], ok: true, status: 200 },
      { url: urls[2], ok: true, status: 200 },
    ],
  });
  deepEqual(warnings, ['there is no admin yet: the start prints a link that makes the first one']);
  deepEqual(
    web.seen.map(({ target }) => target),
    ['/app/'],
  );
  secure.close().closeAllConnections();
  grpc.close();
});

test('check ends with 2 for a target that is not reached, not trusted, or unhealthy, and names each', async () => {
  await using ill = await upstreamThat((_req, res) => void res.writeHead(503).end());
  const { options } = await certificateIn(folder.path);
  const secure = createHttpsServer(options, (_req, res) => void res.end('ok')).listen(0, '127.0.0.1');
  await once(secure, 'listening');
  const absent = `http://127.0.0.1:${await freePort()}`;
  const untrusted = `https://127.0.0.1:${portOf(secure)}`;
  const file = fileOf(`routes:
  - { host: a.example.com, upstream: ["${absent}", "${ill.url}"], health: /ping }
  - { host: b.example.com, upstream: "${untrusted}" }`);
  const { code, stdout, stderr } = await checked(file);
  equal(code, 2);
  match(stdout, /config +.*gatewarden\.yaml: 2 routes, no tests of rules/);
  match(stderr, new RegExp(`${absent}: ECONNREFUSED`));
  match(stderr, new RegExp(`${ill.url}: status 503 at /ping`));
  match(stderr, new RegExp(`${untrusted}: \\w+`));
  secure.close().closeAllConnections();
});

test('check and run end with 5 for a bad file and for a test that fails, with line and column', async () => {
  const settings = { CONFIG: fileOf('routes:\n  - { host: a.b, upstream: "http://a", tests: [GET / -> 200] }') };
  const where = { ...settings, DATA_DIR: join(folder.path, 'none') };
  for (const command of ['check', 'run']) {
    const { code, stderr } = await gatewardenCommand([command], { settings: where });
    equal(code, 5);
    match(stderr, /gatewarden\.yaml:2:48: the test "GET \/ -> 200" gives 401\./);
  }
  fileOf('routes:\n  - { host: a.b, upstrem: "http://a" }');
  const { code, stderr } = await gatewardenCommand(['run', '--config', settings.CONFIG], { settings: where });
  equal(code, 5);
  match(stderr, /gatewarden\.yaml:2:5: "upstream" is missing/);
  match(stderr, /gatewarden\.yaml:2:18: there is no key "upstrem"; did you mean upstream\?/);
});
