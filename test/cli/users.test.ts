import { deepEqual, equal, match } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';

const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());
const settings = { DATA_DIR: join(folder.path, 'data') };
const password = 'gulls over the breakwater';
const local = (args: string[], input = '') =>
  gatewardenCommand([...args, '--local', '-o', 'json'], { settings, input });

async function shown(args: string[], input = ''): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await local(args, input);
  equal(code, 0, stderr);
  return JSON.parse(stdout);
}

test('superuser makes the first admin, and then a further one', async () => {
  for (const username of ['ada', 'grace']) {
    const args = ['superuser', '--username', username, '--password-stdin', '-o', 'json'];
    const { code, stdout, stderr } = await gatewardenCommand(args, { settings, input: `${password}\n` });
    equal(code, 0, stderr);
    const { role, active } = JSON.parse(stdout);
    deepEqual({ role, active }, { role: 'admin', active: true });
  }
});

test('superuser never changes a user who is there', async () => {
  const args = ['superuser', '--username', 'ada', '--password-stdin'];
  const { code, stderr } = await gatewardenCommand(args, { settings, input: 'another long password\n' });
  equal(code, 1);
  match(stderr, /already/);
});

test('a user is added, shown, changed and deleted', async () => {
  const add = ['user', 'add', 'vera', '--role', 'viewer', '--display-name', 'Vera V', '--password-stdin'];
  const { username, role, active, display_name } = await shown(add, password);
  deepEqual(
    { username, role, active, display_name },
    { username: 'vera', role: 'viewer', active: true, display_name: 'Vera V' },
  );
  equal((await shown(['user', 'set-role', 'vera', 'operator'])).role, 'operator');
  equal((await shown(['user', 'deactivate', 'vera'])).active, false);
  equal((await shown(['user', 'activate', 'vera'])).active, true);
  equal((await shown(['user', 'set-password', 'vera', '--password-stdin'], 'another long password')).username, 'vera');
  equal((await local(['user', 'delete', 'vera'])).code, 5, 'without a terminal it wants --yes');
  equal((await local(['user', 'delete', 'vera', '--yes'])).code, 0);
  equal((await local(['user', 'show', 'vera'])).code, 1);
});

test('users are listed by name, in every format', async () => {
  const [table, plain, json] = await Promise.all(
    ['table', 'plain', 'json'].map((format) =>
      gatewardenCommand(['user', 'list', '--local', '-o', format], { settings }).then((ran) => ran.stdout),
    ),
  );
  match(table ?? '', /^USERNAME +ROLE.*\nada +admin +active.*\ngrace +admin/);
  match(plain ?? '', /^ada\tadmin\tactive\t.*\ngrace\t/);
  deepEqual(
    JSON.parse(json ?? '').map((user: { username: string }) => user.username),
    ['ada', 'grace'],
  );
});

const refusals: readonly [what: string, args: string[], input: string, code: number, error: string][] = [
  ['a name that is taken', ['user', 'add', 'ADA', '--password-stdin'], password, 1, 'conflict'],
  ['a password that is too short', ['user', 'add', 'bob', '--password-stdin'], 'short', 1, 'validation_failed'],
  ['a role that is not on the ladder', ['user', 'set-role', 'ada', 'emperor'], '', 1, 'validation_failed'],
  ['a user who is not there', ['user', 'activate', 'nobody'], '', 1, 'not_found'],
];

for (const [what, args, input, code, error] of refusals) {
  test(`refused: ${what}`, async () => {
    const ran = await local(args, input);
    deepEqual({ code: ran.code, error: JSON.parse(ran.stderr).error.code }, { code, error });
  });
}

test('the last admin cannot be taken away', async () => {
  equal((await local(['user', 'deactivate', 'grace'])).code, 0);
  const { code, stderr } = await local(['user', 'set-role', 'ada', 'viewer']);
  deepEqual([code, JSON.parse(stderr).error.code], [1, 'conflict']);
});

test('a password in a flag is taken with a warning, and appears nowhere', async () => {
  const { code, stdout, stderr } = await gatewardenCommand(['user', 'add', 'flag', '--password', password, '--local'], {
    settings,
  });
  equal(code, 0, stderr);
  match(stderr, /warning: .*--password-stdin/);
  equal((stdout + stderr).includes(password), false);
});

test('settings come from .env and --env-file; the environment itself wins', async () => {
  await writeFile(join(folder.path, '.env'), 'GATEWARDEN_DATA_DIR=./from-dotenv\nOTHER=1\n');
  await writeFile(join(folder.path, 'given.env'), 'GATEWARDEN_DATA_DIR=./data\n');
  const list = (...more: string[]) => ['user', 'list', '--local', '-o', 'plain', ...more];
  const names = async (args: string[], given = {}) => {
    const { stdout, stderr } = await gatewardenCommand(args, { cwd: folder.path, settings: given });
    return stdout.split('\n')[0]?.split('\t')[0] || stderr;
  };
  match(await names(list()), /no store|no user/i);
  equal(await names(list('--env-file', 'given.env')), 'ada');
  equal(await names(list('--env-file', 'given.env'), { DATA_DIR: join(folder.path, 'data') }), 'ada');
});
