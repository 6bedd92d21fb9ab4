import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword } from '../support/gateway.ts';
import { startDemo } from '../support/installation.ts';
import { adaIsAdmin, errorOf, person } from '../support/person.ts';

const gateway = await startDemo({ settings: adaIsAdmin });
after(() => gateway[Symbol.asyncDispose]());
const server = gateway.address;
const api = `${server}/_gatewarden/api/v1`;

/** The status of the API for a token: 200 while it is valid, 401 afterwards. */
const statusOf = async (token: unknown, path = 'sessions') =>
  (await fetch(`${api}/${path}`, { headers: { authorization: `Bearer ${token}` } })).status;

async function items(token: unknown, path: string): Promise<{ name?: string; id: string }[]> {
  const answer = await fetch(`${api}/${path}`, { headers: { authorization: `Bearer ${token}` } });
  const { items: found } = Object(await answer.json());
  return found;
}

test('signed in, one is who the server says, until one signs out: the session has then ended on the server', async () => {
  await using ada = await person();
  const signedIn = await ada.login(server);
  deepEqual([signedIn.code, signedIn.stdout], [0, ''], signedIn.stderr);
  match(signedIn.stderr, /Signed in to .* as ada \(admin\)/);
  const status = await ada.run(['auth', 'status', '-o', 'json']);
  const { user, role, via, authenticated, credential } = JSON.parse(status.stdout);
  deepEqual(
    { user, role, via, authenticated, credential },
    {
      ...{ user: 'ada', role: 'admin', via: 'access-token', authenticated: true, credential: 'session' },
    },
  );
  const { accessToken } = (await ada.kept()).signIn ?? {};
  equal(await statusOf(accessToken), 200);
  equal((await ada.run(['logout'])).code, 0);
  equal(await statusOf(accessToken), 401);
  equal((await ada.kept()).signIn, undefined);
  const afterwards = await ada.run(['auth', 'status', '-o', 'json']);
  deepEqual([afterwards.code, errorOf(afterwards).code], [4, 'not_signed_in']);
  match(errorOf(afterwards).hint ?? '', /gatewarden auth login/);
  equal((await ada.run(['logout'])).code, 0, 'a second sign-out finds what it wants');
});

test('two sign-ins in one context at once leave one session, the one that is kept', async () => {
  await using ada = await person();
  const ran = await Promise.all([ada.login(server), ada.login(server), ada.login(server)]);
  deepEqual(
    ran.map(({ code }) => code),
    [0, 0, 0],
    ran.map(({ stderr }) => stderr).join('\n'),
  );
  const token = (await ada.kept()).signIn?.accessToken;
  equal((await items(token, 'sessions')).length, 1);
  await ada.run(['logout']);
});

test('where everybody is signed in by the server itself, a bad token is no sign-in either', async () => {
  await using open = await startDemo({ settings: { ...adaIsAdmin, AUTO_LOGIN: 'true' } });
  await using ada = await person();
  const env = { GATEWARDEN_SERVER: open.address };
  const nobody = JSON.parse((await ada.run(['auth', 'status', '-o', 'json'], { env })).stdout);
  deepEqual([nobody.via, nobody.credential], ['auto-login', 'none']);
  const bad = await ada.run(['login', '--token', '-'], { env, input: 'gwt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' });
  equal(bad.code, 4, bad.stderr);
  const status = await ada.run(['auth', 'status'], { env: { ...env, GATEWARDEN_TOKEN: 'Bearer' } });
  deepEqual([status.code, status.stdout], [4, ''], status.stderr);
});

test('what is kept is for its owner alone', async () => {
  await using ada = await person();
  await ada.login(server);
  const modes = await Promise.all([ada.folder, join(ada.folder, 'contexts'), ada.file()].map((path) => stat(path)));
  deepEqual(
    modes.map(({ mode }) => (mode & 0o777).toString(8)),
    ['700', '700', '600'],
  );
  await ada.run(['logout']);
});

test('signing in again and again leaves one session, and keeps the newest', async () => {
  await using ada = await person();
  const tokens: unknown[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    await ada.login(server);
    tokens.push((await ada.kept()).signIn?.accessToken);
  }
  deepEqual(await Promise.all(tokens.map((one) => statusOf(one))), [401, 401, 200]);
  equal((await items(tokens.at(-1), 'sessions')).length, 1);
  await ada.run(['logout']);
});

const ways: readonly [what: string, args: readonly string[], input: string][] = [
  ['the name as an option', ['auth', 'login', '--username', 'ada', '--password-stdin'], adminPassword],
  ['a password with a line end of Windows', ['login', 'ada', '--password-stdin'], `${adminPassword}\r\n`],
  ['a password in a file', ['login', 'ada', '--password-file', 'password'], ''],
  ['a password in a flag', ['login', 'ada', '--password', adminPassword], ''],
];
for (const [what, args, input] of ways) {
  test(`signs in: ${what}`, async () => {
    await using ada = await person();
    await writeFile(join(ada.env.HOME ?? '', 'password'), `${adminPassword}\n`);
    const { code, stdout, stderr } = await ada.run([...args, '--server', server, '-o', 'json'], { input });
    equal(code, 0, stderr);
    deepEqual(JSON.parse(stdout), { context: 'default', server: `${server}/_gatewarden`, user: 'ada', role: 'admin' });
    equal(stderr.includes('warning'), args.includes('--password'), stderr);
    equal((stdout + stderr).includes(adminPassword), false);
    await ada.run(['logout']);
  });
}

test('a wrong password signs nobody in, and leaves the sign-in that is there', async () => {
  await using ada = await person();
  await ada.login(server);
  const before = await ada.kept();
  const wrong = await ada.run(['login', 'ada', '--password-stdin', '-o', 'json'], { input: 'not the password' });
  deepEqual([wrong.code, wrong.stdout, errorOf(wrong).code], [4, '', 'invalid_credentials']);
  deepEqual(await ada.kept(), before);
  equal((await ada.run(['auth', 'status'])).code, 0);
  await ada.run(['logout']);
});

const badTokens: readonly [what: string, token: string, code: number][] = [
  ['a token that nobody issued', 'gwt_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 4],
  ['a JWT of somebody else', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.', 4],
  ['an empty one', '', 5],
  ['one with a line break', 'gwt_\nX-Role: admin', 5],
];
for (const [what, token, code] of badTokens) {
  test(`never a sign-in: ${what}`, async () => {
    await using ada = await person();
    const login = await ada.run(['login', '--server', server, '--token', '-'], { input: token });
    equal(login.code, code, login.stderr);
    equal((await ada.run(['auth', 'status', '--server', server])).code, 4, 'nothing is kept');
    const env = { GATEWARDEN_TOKEN: token, GATEWARDEN_SERVER: server };
    const status = await ada.run(['auth', 'status'], { env });
    deepEqual([status.code, status.stdout], [code, '']);
    await ada.login(server);
    equal((await ada.run(['auth', 'status'], { env })).code, code, 'the context does not stand in for it');
    await ada.run(['logout']);
  });
}

test('an API token is kept in place of the one of that name, and the session that it was made with ends', async () => {
  await using ada = await person();
  const kept: unknown[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const { code, stderr } = await ada.login(server, 'ada', '--token-name', 'laptop');
    equal(code, 0, stderr);
    kept.push((await ada.kept()).signIn?.token);
  }
  notEqual(kept[0], kept[1]);
  deepEqual(await Promise.all(kept.map((one) => statusOf(one))), [401, 200]);
  const named = await items(kept[1], 'tokens');
  deepEqual(
    named.map(({ name }) => name),
    ['laptop'],
  );
  deepEqual(await items(kept[1], 'sessions'), []);
  const out = await ada.run(['logout']);
  match(out.stderr, /valid still.*--revoke/);
  equal(await statusOf(kept[1]), 200);
});

test('sign-out revokes a kept API token when it is asked to', async () => {
  await using ada = await person();
  await ada.login(server, 'ada', '--token-name', 'desk');
  const token = (await ada.kept()).signIn?.token;
  const out = await ada.run(['logout', '--revoke']);
  equal(out.code, 0, out.stderr);
  equal(await statusOf(token), 401);
});

test('sign-out everywhere ends the sessions of all contexts and machines', async () => {
  await using ada = await person();
  await using elsewhere = await person();
  await Promise.all([ada.login(server), elsewhere.login(server)]);
  const out = await ada.run(['auth', 'logout', '--all']);
  equal(out.code, 0, out.stderr);
  const status = await elsewhere.run(['auth', 'status', '-o', 'json']);
  deepEqual([status.code, status.stdout], [4, '']);
  const again = await elsewhere.run(['logout']);
  deepEqual([again.code, (await elsewhere.kept()).signIn], [0, undefined], again.stderr);
});

test('API tokens are made, listed and revoked; the token is the only result', async () => {
  await using ada = await person();
  await ada.login(server);
  const made = await ada.run(['auth', 'token', 'create', 'ci', '--role', 'viewer', '--expires', '30d', '-q']);
  deepEqual([made.code, made.stderr], [0, '']);
  match(made.stdout, /^gwt_[A-Za-z0-9]{36}\n$/);
  const token = made.stdout.trim();
  const asToken = await ada.run(['auth', 'status', '-o', 'json'], { env: { GATEWARDEN_TOKEN: token } });
  const { role, via, credential } = JSON.parse(asToken.stdout);
  deepEqual({ role, via, credential }, { role: 'viewer', via: 'api-token', credential: 'environment' });
  const list = await ada.run(['auth', 'token', 'list', '-o', 'plain']);
  match(list.stdout, /^ci\tviewer\t/m);
  equal((await ada.run(['auth', 'token', 'revoke', 'ci'])).code, 0);
  const revoked = await ada.run(['auth', 'status', '-o', 'json'], { env: { GATEWARDEN_TOKEN: token } });
  deepEqual([revoked.code, revoked.stdout], [4, '']);
  match(errorOf(revoked).hint ?? '', /GATEWARDEN_TOKEN/);
  equal((await ada.run(['auth', 'token', 'revoke', 'never-made'])).code, 1);
  await ada.run(['logout']);
});

test('an admin mints a token for another; nobody else does', async () => {
  await using ada = await person();
  await ada.login(server);
  const user = JSON.stringify({ username: 'grace', password: adminPassword, role: 'operator' });
  equal((await ada.run(['api', 'users', '-d', user])).code, 0);
  const minted = await ada.run(['token', '--principal', 'grace', '--type', 'User', '--ttl', '600']);
  equal(minted.code, 0, minted.stderr);
  const env = { GATEWARDEN_TOKEN: minted.stdout.trim(), GATEWARDEN_SERVER: server };
  const status = JSON.parse((await ada.run(['auth', 'status', '-o', 'json'], { env })).stdout);
  deepEqual([status.user, status.role], ['grace', 'user']);
  await using grace = await person();
  await grace.login(server, 'grace');
  const refused = await grace.run(['token', '--principal', 'ada', '-o', 'json']);
  deepEqual([refused.code, refused.stdout, errorOf(refused).code], [4, '', 'insufficient_role']);
  await Promise.all([ada.run(['logout']), grace.run(['logout'])]);
});

test('a token of the environment may lie in a file', async () => {
  await using ada = await person();
  await using folder = await temporaryFolder();
  await ada.login(server, 'ada', '--token-name', 'file');
  const path = join(folder.path, 'token');
  await writeFile(path, `${(await ada.kept()).signIn?.token}\n`);
  await using nobody = await person();
  const env = { GATEWARDEN_TOKEN_FILE: path, GATEWARDEN_SERVER: server };
  const status = await nobody.run(['auth', 'status', '-o', 'plain'], { env });
  match(status.stdout, /^user\tada$/m, status.stderr);
  await ada.run(['logout', '--revoke']);
});

test('a password over unencrypted http is warned about before it is sent', async () => {
  await using ada = await person();
  const login = await ada.login('http://gate.invalid');
  equal(login.code, 2);
  match(login.stderr, /^warning: http:\/\/gate\.invalid.* is not encrypted/);
});

const contradictions: readonly (readonly string[])[] = [
  ['login', 'ada', '--username', 'bob', '--password', 'x'],
  ['login', '--token', 'x', '--token-name', 'y'],
  ['login', '--web', '--password', 'x'],
  ['login', 'ada', '--password-stdin', '--password', 'x'],
  ['login', 'ada'],
  ['login', 'ada', '--password-file', 'nowhere'],
];
for (const args of contradictions) {
  test(`bad usage: ${args.join(' ')}`, async () => {
    await using ada = await person();
    const { code, stdout } = await ada.run([...args, '--server', server]);
    deepEqual([code, stdout], [5, '']);
  });
}
