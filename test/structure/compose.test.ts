import { deepEqual, doesNotMatch, equal, match, rejects } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gatewarden, type Log } from 'gatewarden';
import { settingTable } from '../../lib/settings/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { redisServer, startRedis } from '../support/redis.ts';
import { program } from '../support/services.ts';

const text = readFileSync('compose.yaml', 'utf8');
const found = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, first = '']) => first);

test('every setting that compose.yaml makes is one', () => {
  const known = new Set(
    Object.values(settingTable).flatMap(({ env }) => [`GATEWARDEN_${env}`, `GATEWARDEN_${env}_FILE`]),
  );
  const made = found(/^ +(GATEWARDEN_\w+):/gm);
  equal(made.length > 5, true);
  deepEqual(
    made.filter((name) => !known.has(name)),
    [],
  );
});

test('every file that compose.yaml names is there', () => {
  const files = [...found(/["\s]\.\/(deploy[^:"]+):/g), ...found(/dockerfile: (\S+?)[ }]/g)];
  deepEqual(files, ['deploy/compose/Caddyfile', 'deploy/compose/mongodb-user.js', 'examples/legacy-app/Dockerfile']);
  deepEqual(
    files.filter((file) => !existsSync(file)),
    [],
  );
});

test('no secret stands in compose.yaml: each comes from a file', () => {
  const secret = /^ +(\w*(?:SECRET|PASSWORD|MONGODB_URL|REDIS_URL)\w*): (.+)$/gm;
  const given = [...text.matchAll(secret)];
  equal(given.length > 4, true);
  for (const [, name = '', value = ''] of given) {
    match(name, /_FILE$/);
    match(value, /^\/run\/secrets\/\w+$/, name);
  }
});

/** The part of a service, by its name. */
const service = (name: string) => new RegExp(`^  ${name}:\\n((?: {4}.*\\n|\\n)+)`, 'm').exec(text)?.[1] ?? '';
const networksOf = (name: string) => /^ {4}networks: \[(.+)\]$/m.exec(service(name))?.[1]?.split(', ');

test('the service behind the gateways has no way to the stores, and the stores have no way out', () => {
  deepEqual(networksOf('legacy'), ['service']);
  deepEqual(networksOf('mongodb'), ['stores']);
  deepEqual(networksOf('redis'), ['stores']);
  match(service('front'), /networks:\n +edge:/);
  match(text, /^ {2}stores:\n {4}internal: true$/m);
  doesNotMatch(text, /^ {2}default:/m);
});

test('the script makes each secret that compose.yaml names, once, in a folder for its owner alone', async () => {
  await using folder = await temporaryFolder();
  const secrets = join(folder.path, 'secrets');
  const make = () => equal(spawnSync('sh', ['deploy/compose/make-secrets.sh', secrets]).status, 0);
  make();
  const contents = () => readdirSync(secrets).map((name) => [name, readFileSync(join(secrets, name), 'utf8')]);
  const first = contents();
  deepEqual(first.map(([name]) => name).sort(), found(/file: \.\/secrets\/(\w+)/g).sort());
  equal(new Set(first.map(([, secret]) => secret)).size, first.length);
  equal(statSync(secrets).mode & 0o777, 0o700);
  make();
  deepEqual(contents(), first);
});

test('Redis with these users serves a gateway, and nobody without the password', {
  skip: redisServer.skip,
}, async () => {
  await using folder = await temporaryFolder();
  equal(spawnSync('sh', ['deploy/compose/make-secrets.sh', folder.path]).status, 0);
  const secret = (name: string) => readFileSync(join(folder.path, name), 'utf8');
  await using redis = await startRedis(['--aclfile', join(folder.path, 'redis_users')]);
  const redisUrl = secret('redis_url').replace('redis:6379', `127.0.0.1:${redis.port}`);
  const options = { dataDir: join(folder.path, 'data'), secretKey: [secret('secret_key')] };
  const logged: unknown[] = [];
  const complain = (fields: object, message?: string) => void logged.push([fields, message]);
  const log: Log = { debug: () => undefined, info: () => undefined, warn: complain, error: complain };
  const gate = await gatewarden({ ...options, redisUrl, log });
  try {
    const attempt = { username: 'ada', password: 'not the password' };
    const outcome = await gate.signIn.verify(attempt, { address: '127.0.0.1' });
    equal(outcome.ok ? '' : outcome.refusal.code, 'invalid_credentials');
    equal((await gate.ready()).ok, true);
    deepEqual(logged, []);
  } finally {
    await gate.close();
  }
  await rejects(gatewarden({ ...options, redisUrl: redis.url, log }));
});

test('every path that the image of the legacy app copies exists and is sent to the builder', () => {
  const copied = readFileSync('examples/legacy-app/Dockerfile', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('COPY '))
    .flatMap((line) => line.split(/\s+/).slice(1, -1));
  const sent = readFileSync('examples/legacy-app/Dockerfile.dockerignore', 'utf8').match(/^!.+$/gm) ?? [];
  deepEqual(copied.sort(), sent.map((line) => line.slice(1)).sort());
  deepEqual(
    copied.filter((path) => !existsSync(path)),
    [],
  );
});

const caddy = await program('caddy');

test('Caddy takes the configuration of the front proxy', { skip: caddy.skip }, () => {
  const environment = {
    FRONT_HOST: '127.0.0.1',
    FRONT_PORT: '8080',
    GATEWAYS: 'a:1 b:2',
    PROXY_SECRET: 'x'.repeat(20),
  };
  const args = ['validate', '--adapter', 'caddyfile', '--config', 'deploy/compose/Caddyfile'];
  const { status, stderr } = spawnSync(caddy.path ?? '', args, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  equal(status, 0, stderr);
});
