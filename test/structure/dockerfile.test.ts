import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { settingTable } from '../../lib/settings/index.ts';

type Instruction = { name: string; rest: string };

const instructions: Instruction[] = readFileSync('Dockerfile', 'utf8')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .map((line) => /^([A-Z]+)\s+(.*)$/.exec(line.trim()))
  .filter((found) => found !== null)
  .map(([, name = '', rest = '']) => ({ name, rest }));
const all = (name: string) => instructions.filter((one) => one.name === name).map((one) => one.rest);
const { scripts, bin, imports } = JSON.parse(readFileSync('package.json', 'utf8'));

const copies = all('COPY').map((rest) => ({
  from: /--from=(\S+)/.exec(rest)?.[1],
  sources: rest
    .replace(/--\S+\s+/g, '')
    .split(/\s+/)
    .slice(0, -1),
}));
const own = copies.filter((copy) => copy.from === undefined).flatMap((copy) => copy.sources);
const allowed = readFileSync('.dockerignore', 'utf8').match(/^!.+$/gm) ?? [];

test('every path that is copied exists', () => {
  notEqual(own.length, 0);
  deepEqual(
    own.filter((path) => !existsSync(path)),
    [],
  );
});

test('what is sent to the builder is what is copied, and no more', () => {
  deepEqual(allowed.map((line) => line.slice(1)).sort(), [...new Set(own)].sort());
});

test('what one stage takes from another, that one makes', () => {
  const stages = all('FROM').map((rest) => / AS (\w+)$/.exec(rest)?.[1]);
  deepEqual(
    copies.filter((copy) => copy.from !== undefined && !stages.includes(copy.from)),
    [],
  );
});

test('the image has every file that the package loads by a name of its own', () => {
  const last =
    readFileSync('Dockerfile', 'utf8')
      .split(/^FROM /m)
      .at(-1) ?? '';
  const held = [...last.matchAll(/^COPY --from=\S+ \/app\/(\S+) /gm)].map(([, path = '']) => path);
  const loaded = Object.values<string | { default: string }>(imports).map((one) =>
    (typeof one === 'string' ? one : one.default).replace('./', ''),
  );
  notEqual(loaded.length, 0);
  deepEqual(
    loaded.filter((path) => !held.some((copied) => path === copied || path.startsWith(`${copied}/`))),
    [],
  );
});

test('every npm script that is run exists', () => {
  const run = all('RUN').flatMap((rest) => [...rest.matchAll(/npm run (\S+)/g)].map((found) => found[1] ?? ''));
  deepEqual(run, ['build']);
  deepEqual(
    run.filter((name) => scripts[name] === undefined),
    [],
  );
});

test('the command that starts is the one of the package', () => {
  const [entry] = JSON.parse(all('ENTRYPOINT')[0] ?? '[]');
  deepEqual(Object.keys(bin), [entry]);
  match(all('RUN').join(), new RegExp(`exec node -- /app/${bin[entry]} "\\$@".* > /usr/local/bin/${entry} `));
  match(readFileSync(bin[entry].replace(/^dist\/(.*)\.js$/, '$1.ts'), 'utf8'), /^#!\/usr\/bin\/env node\n/);
});

test('every image is of Node 24, named by a tag', () => {
  for (const image of all('FROM')) match(image, /^node:24-bookworm-slim( AS \w+)?$/);
});

test('it does not run as root, and its data is on a volume of its own user', () => {
  deepEqual(all('USER'), ['node']);
  deepEqual(all('VOLUME'), ['/data']);
  match(all('RUN').join(), /install -d -o node -g node -m 0700 \/data/);
});

test('every setting that the image makes is one', () => {
  const names = [
    ...all('ENV')
      .join()
      .matchAll(/GATEWARDEN_(\w+)=/g),
  ].map((found) => found[1]);
  deepEqual(names, ['HOST', 'DATA_DIR']);
  const known: unknown[] = Object.values(settingTable).map(({ env }) => env);
  deepEqual(
    names.filter((name) => !known.includes(name)),
    [],
  );
});

async function serverOf(context: TestContext, healthy: string): Promise<string> {
  const server = createServer((req, res) => res.writeHead(req.url === healthy ? 200 : 404).end());
  context.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

async function healthOf(env: Record<string, string>): Promise<number> {
  const [program, ...rest] = JSON.parse(/CMD (\[.*\])$/.exec(all('HEALTHCHECK')[0] ?? '')?.[1] ?? '[]');
  equal(program, 'node');
  const [code] = await once(spawn(process.execPath, rest, { env }), 'exit');
  return code;
}

const healths: [title: string, healthy: string, env: Record<string, string>, exit: number][] = [
  ['healthy', '/_gatewarden/healthz', {}, 0],
  ['healthy below another prefix', '/auth/healthz', { GATEWARDEN_PREFIX: '/auth' }, 0],
  ['not healthy', '/elsewhere', {}, 1],
];
for (const [title, healthy, env, exit] of healths) {
  test(`the health check says when the gateway is ${title}`, async (context) => {
    equal(await healthOf({ ...env, GATEWARDEN_PORT: await serverOf(context, healthy) }), exit);
  });
}
