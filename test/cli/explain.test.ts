import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { startGateway } from '../support/gateway.ts';
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

async function explained(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await gatewardenCommand(['explain', ...args, '-o', 'json'], { settings });
  equal(code, 0, stderr);
  return JSON.parse(stdout);
}

const cases: readonly [args: string[], decision: string, status: string, rule: string][] = [
  [['GET', '/assets/logo.svg'], 'passes', 'ok', 'line 1: public read /assets/**'],
  [['GET', '/notes'], 'refused', 'missing_credential', 'line 3: viewer read /**'],
  [['GET', '/notes', '--as', 'vera'], 'passes', 'ok', 'line 3: viewer read /**'],
  [
    ['GET', 'https://localhost/admin/x?y=1', '--as', 'vera'],
    'refused',
    'insufficient_role',
    'line 2: operator * /admin/**',
  ],
  [['GET', 'https://app.example.com/admin/x', '--as', 'ada'], 'refused', 'misdirected_host', ''],
  [['GET', '/notes', '--rules', 'public * /**'], 'passes', 'ok', 'line 1: public * /**'],
  [['GET', '/notes', '--as', 'viewer'], 'passes', 'ok', 'line 3: viewer read /**'],
  [['GET', '/admin/x', '--as', 'user'], 'refused', 'insufficient_role', 'line 2: operator * /admin/**'],
  [['GET', '/_gatewarden/login', '--rules', 'public * /**'], 'own-path', 'ok', ''],
  [['GET', '/_Gatewarden/x', '--rules', 'public * /**'], 'refused', 'ambiguous_path', ''],
  [['GET', '//_gatewarden/x', '--rules', 'public * /**'], 'refused', 'ambiguous_path', ''],
  [['GET', '/%5fgatewarden/x', '--rules', 'public * /**'], 'refused', 'ambiguous_path', ''],
  [
    ['GET', '/x', '--rules', 'viewer * /** network=10.0.0.0/8', '--as', 'vera'],
    'refused',
    'insufficient_role',
    'line 1: viewer * /** network=10.0.0.0/8',
  ],
  [
    ['GET', '/x', '--rules', 'viewer * /** network=10.0.0.0/8', '--as', 'vera', '--from', '10.1.2.3'],
    'passes',
    'ok',
    'line 1: viewer * /** network=10.0.0.0/8',
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

test('explain says where the rules come from, and each step of the decision', async () => {
  const told = await explained('GET', '/notes', '--as', 'vera');
  deepEqual(
    [told.rules_from, told.steps],
    [
      'GATEWARDEN_RULES',
      [
        'The path belongs to the upstream.',
        'The route is upstream.',
        'Read as /notes: line 3: viewer read /**.',
        'From 127.0.0.1, for host localhost.',
        'Made by vera (viewer, via session).',
        ...['role', ':self', 'scope', 'network', 'approval'].map((one) => `line 3: viewer read /**: ${one} holds.`),
      ],
    ],
  );
});

test('explain tells the headers that the service would be sent, the assertion apart', async () => {
  const told = await explained('GET', '/notes', '--as', 'vera');
  deepEqual(told.headers, {
    'X-Forwarded-User': 'vera',
    'X-Forwarded-Email': '',
    'X-Forwarded-Groups': 'viewer',
    'X-Forwarded-Preferred-Username': 'vera',
    'X-Gatewarden-Assertion': '***',
  });
  deepEqual(
    [told.route, told.readings],
    ['upstream', [{ path: '/notes', rule: { line: 3, text: 'viewer read /**' } }]],
  );
  const { stdout } = await gatewardenCommand(['explain', 'GET', '/notes', '--as', 'vera'], { settings });
  match(stdout, /route +upstream/);
  match(stdout, /headers +X-Forwarded-User: vera/);
});

test('explain tells of no header where authentication is switched off', async () => {
  const off = { ...settings, AUTH_ENABLED: 'false' };
  const { stdout } = await gatewardenCommand(['explain', 'GET', '/notes', '-o', 'json'], { settings: off });
  const { status, headers } = JSON.parse(stdout);
  deepEqual([status, headers], ['ok', {}]);
});

const file = join(folder.path, 'gatewarden.yaml');
const routes = (upstream: string) =>
  `routes:\n  - host: wiki.example\n    upstream: ${upstream}\n    rules: user * /**\n`;

test('explain finds the route in a configuration file, whether an option or the environment names it', async () => {
  await writeFile(file, routes('http://127.0.0.1:9'));
  for (const [args, more, source] of [
    [['--config', file], {}, file],
    [[], { CONFIG: file }, 'GATEWARDEN_CONFIG'],
  ] as const) {
    const all = ['explain', 'GET', 'http://wiki.example/x', '--as', 'vera', ...args, '-o', 'json'];
    const { code, stdout, stderr } = await gatewardenCommand(all, { settings: { ...settings, ...more } });
    equal(code, 0, stderr);
    const { status, route, rule, rules_from: from } = JSON.parse(stdout);
    deepEqual([status, route, rule, from], ['insufficient_role', 'wiki.example', 'line 4: user * /**', source]);
  }
});

test('explain ends with 5 for a file with a problem, and for a file beside rules', async () => {
  await writeFile(file, 'routes:\n  - host: wiki.example\n    upstrem: http://a\n');
  const wrong = await gatewardenCommand(['explain', 'GET', '/', '--config', file], { settings });
  equal(wrong.code, 5);
  match(wrong.stderr, /gatewarden\.yaml:3:5: .*upstrem/);
  const both = ['explain', 'GET', '/', '--config', file, '--rules', 'public * /**'];
  equal((await gatewardenCommand(both, { settings })).code, 5);
});

test('explain needs no store for a role, and makes none', async () => {
  const dataDir = join(folder.path, 'no-store');
  const args = ['explain', 'GET', '/', '--as', 'viewer', '-o', 'json'];
  const { code, stdout, stderr } = await gatewardenCommand(args, { settings: { DATA_DIR: dataDir } });
  equal(code, 0, stderr);
  deepEqual([JSON.parse(stdout).status, existsSync(dataDir)], ['ok', false]);
});

test('explain goes by the file of the gateway that runs on the same data', async () => {
  await using legacy = await startLegacyApp();
  await writeFile(file, routes(legacy.url));
  await using gateway = await startGateway({ upstream: legacy.url, settings: { CONFIG: file, RULES: 'public * /**' } });
  const where = { DATA_DIR: gateway.dataDir };
  const seen = [];
  for (const url of ['http://wiki.example/x', 'http://localhost/x']) {
    const { stdout } = await gatewardenCommand(['explain', 'GET', url, '-o', 'json'], { settings: where });
    const { status, route, rules_from: from } = JSON.parse(stdout);
    seen.push([status, route]);
    match(from, /^the running gateway \(pid \d+\)$/);
  }
  deepEqual(seen, [
    ['missing_credential', 'wiki.example'],
    ['ok', 'upstream'],
  ]);
});

test('explain gives the answer of the gateway that runs on the same data, whose rules came by another way', async () => {
  await using legacy = await startLegacyApp();
  await using gateway = await startGateway({ upstream: legacy.url, settings: { RULES: 'public * /**' } });
  const where = { DATA_DIR: gateway.dataDir };
  const running = await gatewardenCommand(['explain', 'POST', '/x', '-o', 'json'], { settings: where });
  const told = JSON.parse(running.stdout);
  deepEqual([told.decision, told.rule], ['passes', 'line 1: public * /**']);
  match(told.rules_from, /^the running gateway \(pid \d+\)$/);
  equal((await fetch(`${gateway.address}/x`, { method: 'POST' })).status, 404);
  await gateway.process.stop('SIGTERM');
  const stopped = await gatewardenCommand(['explain', 'POST', '/x', '-o', 'json'], { settings: where });
  deepEqual(
    [JSON.parse(stopped.stdout).status, JSON.parse(stopped.stdout).rules_from],
    ['missing_credential', 'the default'],
  );
});

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
  const [{ took, ...store }] = stores;
  ok(took > 0, 'milliseconds that the store took to answer');
  deepEqual(
    [mode, upstream, [store], warnings],
    ['on', { url: legacy.url, ok: true, status: 200, httpVersion: '1.1' }, [{ store: 'sqlite', ok: true }], []],
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
