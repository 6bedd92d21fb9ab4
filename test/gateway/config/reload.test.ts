import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { after, before } from 'node:test';
import type { Log } from 'gatewarden';
import { readGatewayConfig, reloadOnChange } from '../../../gateway/config/index.ts';
import type { GatewayConfig } from '../../../gateway/config/route-config.ts';
import { certificateIn } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { gatewayProcess } from '../process.ts';
import { type TestUpstream, upstreamThat } from '../started.ts';
import { until } from '../until.ts';
import { settingsOf } from './reading.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let upstream: TestUpstream;
let gateway: Awaited<ReturnType<typeof gatewayProcess>>;
let url: string;
/** The event stream that is open the whole time. */
let stream: IncomingMessage;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

let versions = 0;

/** Puts a file in place as Kubernetes does: in a folder of its own, by a link to that folder which is replaced. */
function replaceFile(content: string): void {
  versions += 1;
  const version = join(folder.path, `..version-${versions}`);
  mkdirSync(version);
  writeFileSync(join(version, 'gatewarden.yaml'), content);
  symlinkSync(version, join(folder.path, '..data-next'));
  renameSync(join(folder.path, '..data-next'), join(folder.path, '..data'));
}

const fileWith = (rules: string, more = ''): string => `
routes:
  - host: a.localhost
    upstream: ${upstream.url}
    rules: |
      public * /stream
      ${rules}
    tests: [GET /stream -> 200]
${more}`;

function ask(path: string, host = 'a.localhost'): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url + path, { agent, headers: { host } }, resolve)
    .on('error', reject)
    .end();
  return promise;
}

async function statusOf(path: string, host?: string): Promise<number> {
  const answer = await ask(path, host);
  await text(answer);
  return answer.statusCode ?? 0;
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

type Line = Readonly<Record<string, unknown>>;

/** The lines of the log with this text. */
const lines = (message: string): readonly Line[] =>
  gateway.gateway.stdout
    .split('\n')
    .filter((line) => line.includes(`"msg":"${message}"`))
    .map((line): Line => JSON.parse(line));

const reloaded = () => lines('the configuration was reloaded');
const refused = () => lines('the configuration was not reloaded: the one before stays in force');

before(async () => {
  folder = await temporaryFolder();
  upstream = await upstreamThat((req, res) => {
    if (req.url !== '/stream') return void res.end('ok');
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    return undefined;
  });
  replaceFile(fileWith('public * /**'));
  symlinkSync(join('..data', 'gatewarden.yaml'), join(folder.path, 'gatewarden.yaml'));
  const env = { GATEWARDEN_UPSTREAM: '', GATEWARDEN_CONFIG: join(folder.path, 'gatewarden.yaml') };
  gateway = await gatewayProcess('', env);
  url = await gateway.url();
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(`${url}/stream`, { headers: { host: 'a.localhost' } }, resolve)
    .on('error', reject)
    .end();
  stream = await promise;
  stream.resume();
});

after(async () => {
  agent.destroy();
  stream?.destroy();
  await gateway?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

test('a file that replaces the one before by a link is in force, on kept connections too', async () => {
  equal(await statusOf('/x'), 200);
  replaceFile(fileWith('viewer * /**'));
  await until(async () => equal(await statusOf('/x'), 401));
  const [line] = reloaded();
  deepEqual(
    { added: line?.added, removed: line?.removed, changed: line?.changed },
    { added: [], removed: [], changed: ['a.localhost'] },
  );
});

test('routes that are added and removed are named', async () => {
  const more = `  - { host: b.localhost, upstream: "${upstream.url}", rules: "public * /**" }`;
  replaceFile(fileWith('viewer * /**', more));
  await until(async () => equal(await statusOf('/x', 'b.localhost'), 200));
  replaceFile(fileWith('viewer * /**'));
  await until(async () => equal(await statusOf('/x', 'b.localhost'), 404));
  await until(() => equal(reloaded().length, 3));
  deepEqual(
    reloaded()
      .slice(1)
      .map(({ added, removed, changed }) => ({ added, removed, changed })),
    [
      { added: ['b.localhost'], removed: [], changed: [] },
      { added: [], removed: ['b.localhost'], changed: [] },
    ],
  );
});

test('a bad file is said with line and column, and the one before stays in force', async () => {
  replaceFile(fileWith('boss * /**'));
  await until(() => equal(refused().length, 1));
  match(String(refused()[0]?.problems), /gatewarden\.yaml:7:7: there is no role "boss"$/);
  equal(await statusOf('/x'), 401);
});

test('a file whose tests fail is not put in force', async () => {
  replaceFile(fileWith('public * /**', '    # as viewer\n').replace('-> 200', '-> 403'));
  await until(() => equal(refused().length, 2));
  match(String(refused()[1]?.problems), /:8:13: the test "GET \/stream -> 403" gives 200\./);
  equal(await statusOf('/x'), 401);
});

test('SIGHUP reads the file again, and says when nothing has changed', async () => {
  replaceFile(fileWith('viewer * /**'));
  process.kill(gateway.gateway.pid, 'SIGHUP');
  await until(() => ok(lines('the configuration has not changed').length > 0));
  const before = reloaded().length;
  replaceFile(fileWith('public * /**'));
  process.kill(gateway.gateway.pid, 'SIGHUP');
  await until(() => equal(reloaded().length, before + 1));
  equal(await statusOf('/x'), 200);
});

test('a file that is written in place, and one that is renamed over it, are in force', async () => {
  const file = join(folder.path, '..data', 'gatewarden.yaml');
  writeFileSync(file, fileWith('viewer * /**'));
  await until(async () => equal(await statusOf('/x'), 401));
  writeFileSync(`${file}.next`, fileWith('public * /**'));
  renameSync(`${file}.next`, file);
  await until(async () => equal(await statusOf('/x'), 200));
});

test('a changed PEM file that the file names is a change of its route', async () => {
  await using own = await temporaryFolder();
  const { authority } = await certificateIn(own.path);
  const file = join(own.path, 'gatewarden.yaml');
  writeFileSync(file, `routes: [{ host: a.b, upstream: "https://a", tls: { ca: ca.pem } }]`);
  const read = async () => readGatewayConfig(file, settingsOf());
  const applied = Promise.withResolvers<GatewayConfig>();
  const reloads = reloadOnChange({ first: await read(), read, apply: applied.resolve, log: silent });
  mkdirSync(join(own.path, 'other'));
  const other = await certificateIn(join(own.path, 'other'));
  renameSync(other.authority, authority);
  deepEqual((await applied.promise).routes[0]?.upstream.tls.ca, authority);
  reloads.close();
});

test('what is open stays open while the rules permit it, and ends when they do not', async () => {
  equal(stream.closed, false);
  const ended = new Promise((resolve) => stream.once('close', resolve));
  replaceFile(fileWith('public * /**').replace('public * /stream', 'viewer * /stream').replace('-> 200', '-> 401'));
  await ended;
  equal(await statusOf('/stream'), 401);
});
