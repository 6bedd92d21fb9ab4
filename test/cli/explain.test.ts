import { deepEqual, equal, match } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { startLegacyApp } from '../support/installation.ts';
import { freePort } from '../support/ports.ts';

const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());
const rules = 'public read /assets/**\noperator * /admin/**\nviewer read /**';
const settings = { DATA_DIR: join(folder.path, 'data'), RULES: rules };

before(async () => {
  const password = 'gulls over the breakwater';
  for (const args of [
    ['superuser', '--username', 'ada'],
    ['user', 'add', 'vera', '--role', 'viewer', '--local'],
  ]) {
    const { code, stderr } = await gatewardenCommand([...args, '--password-stdin'], { settings, input: password });
    equal(code, 0, stderr);
  }
});

async function explained(...args: string[]): Promise<Record<string, string>> {
  const { code, stdout, stderr } = await gatewardenCommand(['explain', ...args, '-o', 'json'], { settings });
  equal(code, 0, stderr);
  return JSON.parse(stdout);
}

const cases: readonly [args: string[], decision: string, status: string, rule: string][] = [
  [['GET', '/assets/logo.svg'], 'passes', 'ok', 'line 1: public read /assets/**'],
  [['GET', '/notes'], 'refused', 'missing_credential', 'line 3: viewer read /**'],
  [['GET', '/notes', '--as', 'vera'], 'passes', 'ok', 'line 3: viewer read /**'],
  [
    ['GET', 'https://app.example.com/admin/x?y=1', '--as', 'vera'],
    'refused',
    'insufficient_role',
    'line 2: operator * /admin/**',
  ],
  [['DELETE', '/notes', '--as', 'vera'], 'refused', 'insufficient_role', ''],
  [['DELETE', '/notes', '--as', 'ada'], 'passes', 'ok', ''],
  [['GET', '/assets/%2e%2e/admin', '--as', 'ada'], 'refused', 'ambiguous_path', ''],
];

for (const [args, decision, status, rule] of cases) {
  test(`explain ${args.join(' ')}: ${decision}, ${rule || 'no rule'}`, async () => {
    const told = await explained(...args);
    deepEqual([told.decision, told.status, told.rule], [decision, status, rule]);
  });
}

test('explain --as somebody who is not there ends with 1', async () => {
  const { code, stderr } = await gatewardenCommand(['explain', 'GET', '/', '--as', 'nobody'], { settings });
  equal(code, 1);
  match(stderr, /nobody/);
});

test('check says what would be done, and ends with 0 when all is reached', async () => {
  await using legacy = await startLegacyApp();
  const args = ['check', '--upstream', legacy.url, '-o', 'json'];
  const { code, stdout, stderr } = await gatewardenCommand(args, { settings });
  equal(code, 0, stderr);
  const { mode, upstream, stores, warnings } = JSON.parse(stdout);
  deepEqual(
    [mode, upstream, stores, warnings],
    ['on', { url: legacy.url, ok: true }, [{ store: 'sqlite', ok: true }], []],
  );
});

test('check ends with 2 when the upstream cannot be reached, and says all the rest', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { code, stdout, stderr } = await gatewardenCommand(['check', '--upstream', url], { settings });
  equal(code, 2);
  match(stdout, /mode +sign-in/);
  match(stderr, new RegExp(`${url}: ECONNREFUSED`));
});

const unwritable: readonly [what: string, path: (folder: string) => string][] = [
  ['is a file', (folder) => join(folder, 'a-file')],
  ['is below a file', (folder) => join(folder, 'a-file', 'data')],
  ['can be no directory of its file system', () => '/proc/gatewarden/data'],
];
for (const [what, path] of unwritable) {
  test(`check says no to a data directory that ${what}, as run does`, async () => {
    await writeFile(join(folder.path, 'a-file'), '');
    const given = { DATA_DIR: path(folder.path), UPSTREAM: 'http://127.0.0.1:9' };
    const [checked, ran] = await Promise.all(
      ['check', 'run'].map((command) => gatewardenCommand([command], { settings: given })),
    );
    deepEqual([checked?.code, ran?.code], [5, 5], ran?.stderr);
    match(checked?.stderr ?? '', /DATA_DIR: ".*" cannot be written \(E\w+\)/);
  });
}

test('check makes no key for a store that has lost its own', async () => {
  const data = join(folder.path, 'lost-key');
  const password = 'gulls over the breakwater';
  const args = ['superuser', '--username', 'ada', '--password-stdin'];
  await gatewardenCommand(args, { settings: { DATA_DIR: data }, input: password });
  await rm(join(data, 'secret_key'));
  const { code, stderr } = await gatewardenCommand(['check'], { settings: { DATA_DIR: data } });
  equal(code, 5);
  match(stderr, /secret_key" is gone/);
  equal(existsSync(join(data, 'secret_key')), false);
});

test('check makes nothing, and never prints a secret', async () => {
  const fresh = {
    DATA_DIR: join(folder.path, 'nothing-here'),
    SUPERUSER: 'ada',
    SUPERUSER_PASSWORD: 'tell nobody of this',
  };
  const { code, stdout } = await gatewardenCommand(['check', '-o', 'json'], { settings: fresh });
  equal(code, 0);
  match(stdout, /made by the first start/);
  equal(stdout.includes(fresh.SUPERUSER_PASSWORD), false);
});
