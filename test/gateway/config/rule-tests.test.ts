import { deepEqual, rejects } from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { checkedGatewayConfig } from '../../../gateway/config/index.ts';
import { SettingsError } from '../../../lib/errors.ts';
import { folder, routeWith, settingsOf } from './reading.ts';

after(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'tested.yaml');

/** The tests of a file that fail, without the path of the file. */
async function failuresOf(text: string, env?: Record<string, string>): Promise<readonly string[]> {
  writeFileSync(file, text);
  try {
    await checkedGatewayConfig(file, settingsOf(env));
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map((problem) => problem.replace(`${file}:`, ''));
    throw error;
  }
}

const rules = [
  'rules: |',
  '  public read /static/**',
  '  user * /home/:self/**',
  '  operator write /api/**',
  '  viewer read /lan/** network=10.0.0.0/8',
  '  viewer POST /tasks approve=operator',
  '  viewer read /**',
];

const withTests = (...tests: readonly string[]): string =>
  routeWith(...rules, 'tests:', ...tests.map((one) => `  - ${one}`));

test('tests that hold let the file pass', async () => {
  const held = [
    'GET /static/a.css as anony -> 200',
    'GET /static/a.css -> 200',
    'GET /other -> 401',
    'GET /other as viewer → 200',
    'GET /home/ada/x as user ada -> 200',
    'GET /home/bob/x as user ada -> 403',
    'POST /api/x as user -> 403',
    'POST /api/x as operator bob -> 200',
    'GET /lan/x as viewer from 10.1.2.3 -> 200',
    'GET /lan/x as viewer -> 403',
    'POST /tasks as viewer -> 403',
    'POST /nothing as operator -> 403',
    'POST /nothing as admin -> 200',
    'GET /static/../x as viewer -> 400',
  ];
  deepEqual(await failuresOf(withTests(...held)), []);
});

test('a test that fails says what the request ended in, why, and by which line', async () => {
  deepEqual(await failuresOf(withTests('GET /a as viewer -> 403', 'POST /api/x as user -> 200')), [
    '12:9: the test "GET /a as viewer -> 403" gives 200. The rule requires viewer, and a-viewer is viewer. Line 10: viewer read /**. (host wiki.example.com)',
    '13:9: the test "POST /api/x as user -> 200" gives 403. The rule requires operator. Line 7: operator write /api/**. (host wiki.example.com)',
  ]);
});

test('a test is decided by the whole file: another route, a host, a path of our own', async () => {
  const text = `routes:
- host: [a.example.com, "*.example.org"]
  upstream: http://a
  rules: viewer read /**
  tests:
  - GET /docs/x as viewer -> 403
  - GET /_gatewarden/login -> 200
- host: a.example.com
  path: /docs
  upstream: http://b
  rules: operator * /**
  tests: [GET /docs/x as viewer -> 403]`;
  deepEqual(await failuresOf(text), [
    '6:5: the test "GET /docs/x as viewer -> 403" gives 200. The rule requires viewer, and a-viewer is viewer. Line 4: viewer read /**. (host test.example.org)',
    '7:5: the test "GET /_gatewarden/login -> 200" is of a path of Gatewarden’s own, where no rule decides (host a.example.com)',
    '7:5: the test "GET /_gatewarden/login -> 200" is of a path of Gatewarden’s own, where no rule decides (host test.example.org)',
  ]);
});

test('a path that no route of the host serves is 404', async () => {
  const text = 'routes: [{ host: a.example.com, path: /docs, upstream: "http://a", tests: [GET /x as admin -> 404] }]';
  deepEqual(await failuresOf(text), []);
});

test('the rules are tested also while AUTH_ENABLED is false, and with the roles of the settings', async () => {
  const text = routeWith(
    'rules: member read /**',
    'tests: [GET /x as guest -> 403, GET /x as user -> 200, GET /x -> 401]',
  );
  deepEqual(await failuresOf(text, { AUTH_ENABLED: 'false', ROLES: 'anony,guest=viewer,member=user,admin' }), []);
});

test('a failing test is no problem of the file beside those that it has', async () => {
  writeFileSync(file, `${withTests('GET /a as viewer -> 403')}\n    timeout: soon`);
  await rejects(checkedGatewayConfig(file, settingsOf()), (error: unknown) => {
    deepEqual(error instanceof SettingsError && error.problems.map((one) => one.split(': ')[1]), ['timeout']);
    return true;
  });
});
