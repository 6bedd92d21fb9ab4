import { deepEqual, equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { settingTable } from '../../lib/settings/index.ts';
import { program } from '../support/services.ts';

const text = readFileSync('compose.yaml', 'utf8');
const found = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, first = '']) => first);

test('every setting that compose.yaml makes is one', () => {
  const known = new Set(Object.values(settingTable).map((setting) => `GATEWARDEN_${setting.env}`));
  const made = found(/^ +(GATEWARDEN_\w+):/gm);
  equal(made.length > 5, true);
  deepEqual(
    made.filter((name) => !known.has(name)),
    [],
  );
});

test('every file that compose.yaml names is there', () => {
  const files = [...found(/"\.\/([^:"]+):/g), ...found(/dockerfile: (\S+?)[ }]/g)];
  deepEqual(files, ['deploy/compose/Caddyfile', 'examples/legacy-app/Dockerfile']);
  deepEqual(
    files.filter((file) => !existsSync(file)),
    [],
  );
});

test('no secret stands in compose.yaml: each must be given', () => {
  for (const [, name, value] of text.matchAll(/^ +(\w*(?:SECRET|PASSWORD)\w*): (.+)$/gm)) {
    match(value ?? '', /^\$\{\w+:\?.+\}$/, name);
  }
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
