import { deepEqual, equal, match } from 'node:assert/strict';
import { chmod, chown, mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { adminPassword } from '../support/gateway.ts';
import { startDemo } from '../support/installation.ts';
import { adaIsAdmin, errorOf, person } from '../support/person.ts';

const gateway = await startDemo({ settings: adaIsAdmin });
after(() => gateway[Symbol.asyncDispose]());
const server = gateway.address;
const prefix = `${server}/_gatewarden`;

const statusOf = async (token: unknown) =>
  (await fetch(`${prefix}/api/v1/sessions`, { headers: { authorization: `Bearer ${token}` } })).status;

test('contexts are made, used, shown, renamed and deleted', async () => {
  await using ada = await person();
  const done = async (...args: string[]) => {
    const ran = await ada.run(args);
    equal(ran.code, 0, `${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  };
  await done('context', 'create', 'one', '--server', 'https://one.example.com');
  await done('context', 'create', 'two');
  match(
    await done('context', 'list', '-o', 'plain'),
    /^one\tyes\thttps:\/\/one\.example\.com\/_gatewarden\t.*\ntwo\t\t\t/,
  );
  await done('context', 'use', 'two');
  await done('context', 'set-value', 'server', 'https://two.example.com/auth/');
  await done('context', 'rename', 'two', 'three');
  const shown = JSON.parse(await done('context', 'show', '-o', 'json'));
  deepEqual(shown, { name: 'three', in_use: true, server: 'https://two.example.com/auth', signed_in_by: 'nobody' });
  await done('context', 'delete', 'three');
  deepEqual(
    JSON.parse(await done('context', 'list', '-o', 'json')).map((one: { name: string }) => one.name),
    ['one'],
  );
  deepEqual(await readdir(join(ada.folder, 'contexts')), ['one.json', 'one.lock']);
});

test('a client secret is taken from stdin, from an argument with a warning, and is never shown', async () => {
  await using ada = await person();
  const secret = 'gws_not-to-be-seen';
  for (const [args, input, warns] of [
    [['client-secret', '-'], `${secret}\n`, false],
    [['client-secret', '--stdin'], secret, false],
    [['client-secret', secret], '', true],
  ] as const) {
    const set = await ada.run(['context', 'set-value', ...args], { input });
    deepEqual([set.code, set.stderr.includes('warning')], [0, warns], set.stderr);
    equal((set.stdout + set.stderr).includes(secret), false);
    equal((await ada.kept())['client-secret'], secret);
  }
  for (const format of ['json', 'table', 'plain']) {
    const shown = await ada.run(['context', 'show', '-o', format]);
    equal(shown.stdout.includes(secret), false);
    match(shown.stdout, /client.secret"?:?\s+"?set/);
  }
});

const refused: readonly [what: string, args: readonly string[], code: number, error: string][] = [
  ['a name that leads elsewhere', ['create', '../../evil'], 5, 'usage'],
  ['an empty name', ['create', ''], 5, 'usage'],
  ['a name that differs in case only', ['create', 'KNOWN'], 1, 'conflict'],
  ['a context that is not there', ['use', 'nope'], 1, 'not_found'],
  ['to delete what is not there', ['delete', 'nope'], 1, 'not_found'],
  ['to rename onto another', ['rename', 'known', 'known'], 1, 'conflict'],
  ['an unknown key', ['set-value', 'token', 'x'], 5, 'usage'],
  ['a server without a scheme', ['set-value', 'server', 'gate.example.com'], 5, 'usage'],
  ['a server of another scheme', ['set-value', 'server', 'file:///etc/passwd'], 5, 'usage'],
  ['a server with a password in it', ['set-value', 'server', 'https://a:b@gate.example.com'], 5, 'usage'],
  ['a value that is missing', ['set-value', 'client-id'], 5, 'usage'],
];
test('what contexts refuse, with its exit code', async (t) => {
  await using ada = await person();
  await ada.run(['context', 'create', 'known']);
  for (const [what, args, code, error] of refused) {
    await t.test(what, async () => {
      const ran = await ada.run(['context', ...args, '-o', 'json']);
      deepEqual([ran.code, errorOf(ran).code, ran.stdout], [code, error, ''], ran.stderr);
    });
  }
});

test('an option goes before the environment, and that before the context', async () => {
  await using ada = await person();
  for (const name of ['by-flag', 'by-environment', 'in-use']) {
    await ada.run(['context', 'create', name, '--server', `http://127.0.0.1:1/${name}`]);
  }
  await ada.run(['context', 'use', 'in-use']);
  const asked = async (args: readonly string[], env: Record<string, string>) => {
    const { stderr } = await ada.run(['api', '/x', '-o', 'json', ...args], { env });
    return stderr;
  };
  const used = async (args: readonly string[], env: Record<string, string> = {}) => {
    const { stdout } = await ada.run(['context', 'show', '-o', 'json', ...args], { env });
    return JSON.parse(stdout).name;
  };
  equal(await used([]), 'in-use');
  equal(await used([], { GATEWARDEN_CONTEXT: 'by-environment' }), 'by-environment');
  equal(await used(['--context', 'by-flag'], { GATEWARDEN_CONTEXT: 'by-environment' }), 'by-flag');
  match(await asked([], { GATEWARDEN_SERVER: 'http://127.0.0.1:2' }), /127\.0\.0\.1:2/);
  match(await asked(['--server', 'http://127.0.0.1:3'], { GATEWARDEN_SERVER: 'http://127.0.0.1:2' }), /127\.0\.0\.1:3/);
  match(await asked(['--context', 'by-flag'], { GATEWARDEN_SERVER: 'http://127.0.0.1:2' }), /127\.0\.0\.1:1/);
});

test('two contexts are signed in at once, each as itself', async () => {
  await using ada = await person();
  await ada.login(server, 'ada', '--context', 'root');
  const user = JSON.stringify({ username: 'grace', password: adminPassword, role: 'viewer' });
  equal((await ada.run(['api', 'users', '-d', user])).code, 0);
  await ada.login(server, 'grace', '--context', 'reader');
  const ran = await Promise.all(
    ['root', 'reader', 'root', 'reader'].map((context) =>
      ada.run(['auth', 'status', '-o', 'json', '--context', context]),
    ),
  );
  deepEqual(
    ran.map(({ stdout }) => JSON.parse(stdout).user),
    ['ada', 'grace', 'ada', 'grace'],
  );
  const { accessToken } = (await ada.kept('reader')).signIn ?? {};
  const deleted = await ada.run(['context', 'delete', 'reader']);
  equal(deleted.code, 0, deleted.stderr);
  equal(await statusOf(accessToken), 401, 'its session ended with it');
  equal((await ada.run(['auth', 'status', '--context', 'root'])).code, 0);
  await ada.run(['logout', '--context', 'root']);
});

test('a token goes to no other server than the one that gave it', async () => {
  await using ada = await person();
  await ada.login(server);
  const { createServer } = await import('node:http');
  const seen: (string | undefined)[] = [];
  const other = createServer((req, res) => {
    seen.push(req.headers.authorization);
    res.writeHead(401, { 'Content-Type': 'application/problem+json' }).end('{"code":"missing_credential"}');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  equal((await ada.run(['auth', 'status', '--server', url])).code, 4);
  equal((await ada.run(['auth', 'status'], { env: { GATEWARDEN_SERVER: url } })).code, 4);
  const { accessToken } = (await ada.kept()).signIn ?? {};
  equal((await ada.run(['context', 'set-value', 'server', url])).code, 0);
  equal((await ada.run(['auth', 'status'])).code, 4);
  deepEqual(seen, [undefined, undefined, undefined]);
  equal(await statusOf(accessToken), 401, 'its session ended when the context moved on');
  other.close();
});

test('files and folders that others may read are warned about', async () => {
  await using ada = await person();
  await ada.login(server);
  await chmod(ada.file(), 0o644);
  await chmod(ada.folder, 0o755);
  const status = await ada.run(['auth', 'status']);
  equal(status.code, 0);
  match(status.stderr, /warning: .*default\.json can be read or changed by others \(mode 644\): chmod 600/);
  match(status.stderr, /warning: .*gatewarden can be read or changed by others \(mode 755\): chmod 700/);
  await ada.run(['logout']);
});

type Spoil = (file: string) => Promise<unknown>;
const moved = async (file: string): Promise<string> => {
  await rename(file, `${file}.old`);
  return `${file}.old`;
};
const spoiled: readonly [what: string, spoil: Spoil, said: RegExp][] = [
  ['half a file', (file) => writeFile(file, '{"version":1,"server":"htt'), /is damaged/],
  ['no context', (file) => writeFile(file, '[]'), /is damaged/],
  [
    'a token of a wrong type',
    (file) => writeFile(file, '{"version":1,"signIn":{"kind":"session","accessToken":7}}'),
    /is damaged/,
  ],
  ['a newer file', (file) => writeFile(file, '{"version":2}'), /newer gatewarden/],
  ['a long file', (file) => writeFile(file, 'x'.repeat(70_000)), /is not a file of ours/],
  ['a folder', (file) => moved(file).then(() => mkdir(file)), /is not a file of ours/],
  ['a link', (file) => moved(file).then((old) => symlink(old, file)), /is a symbolic link/],
];
for (const [what, spoil, said] of spoiled) {
  test(`in place of a context lies ${what}: exit 5, what to do, and nothing is sent`, async () => {
    await using ada = await person();
    await ada.run(['context', 'create', 'default', '--server', 'http://127.0.0.1:1']);
    await spoil(ada.file());
    const status = await ada.run(['auth', 'status', '-o', 'json']);
    deepEqual([status.code, errorOf(status).code], [5, 'bad_file'], status.stderr);
    match(errorOf(status).message ?? '', said);
    match(errorOf(status).hint ?? '', /\S/);
  });
}

test('a context whose file is damaged is deleted all the same', async () => {
  await using ada = await person();
  await ada.run(['context', 'create', 'default', '--server', 'http://127.0.0.1:1']);
  await writeFile(ada.file(), 'damaged');
  const deleted = await ada.run(['context', 'delete', 'default']);
  deepEqual([deleted.code, /warning: .*damaged.*not ended/.test(deleted.stderr)], [0, true], deleted.stderr);
  equal((await ada.run(['context', 'show'])).code, 1);
});

// Modes do not hold root back.
const uid = process.getuid?.() === 0 ? 65534 : undefined;

test('in a home that cannot be written to, a sign-in is ended again, and the error names GATEWARDEN_TOKEN', async () => {
  await using ada = await person();
  const home = ada.env.HOME ?? '';
  await chmod(home, 0o555);
  const options = { input: adminPassword, cwd: '/', ...(uid !== undefined && { uid }) };
  const login = await ada.run(['login', 'ada', '--server', server, '--password-stdin', '-o', 'json'], options);
  deepEqual([login.code, login.stdout, errorOf(login).code], [5, '', 'not_writable'], login.stderr);
  match(errorOf(login).hint ?? '', /GATEWARDEN_TOKEN/);
  await using other = await person();
  await other.login(server);
  const { accessToken } = (await other.kept()).signIn ?? {};
  const answer = await fetch(`${prefix}/api/v1/sessions`, { headers: { authorization: `Bearer ${accessToken}` } });
  equal(Object(await answer.json()).items.length, 1, 'only the session that was kept');
  await chmod(home, 0o700);
  await other.run(['logout']);
});

test('what is signed in works from a folder that cannot be written to, until the access token expires', async () => {
  await using ada = await person();
  await ada.login(server);
  const contexts = join(ada.folder, 'contexts');
  if (uid !== undefined) for (const path of [ada.file(), join(ada.folder, 'current')]) await chown(path, uid, uid);
  for (const path of [ada.env.HOME ?? '', join(ada.env.HOME ?? '', '.config'), ada.folder, contexts])
    await chmod(path, 0o555);
  const options = { cwd: '/', ...(uid !== undefined && { uid }) };
  equal((await ada.run(['auth', 'status'], options)).code, 0);
  await ada.tamper({ expiresAt: 0 });
  const before = await readFile(ada.file(), 'utf8');
  const expired = await ada.run(['auth', 'status', '-o', 'json'], options);
  deepEqual([expired.code, errorOf(expired).code], [5, 'not_writable'], expired.stderr);
  equal(await readFile(ada.file(), 'utf8'), before);
  for (const path of [contexts, ada.folder, join(ada.env.HOME ?? '', '.config'), ada.env.HOME ?? ''])
    await chmod(path, 0o700);
  equal((await ada.run(['auth', 'status'])).code, 0, 'the refresh token was not spent');
  await ada.run(['logout']);
});
