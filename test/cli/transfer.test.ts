import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { keyring } from '../../lib/crypto/keyring.ts';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { adminsKind } from '../../lib/stores/records/kinds/admins.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { refreshFamilyKind } from '../../lib/stores/records/kinds/refresh-family.ts';
import { signingKeyKind } from '../../lib/stores/records/kinds/signing-key.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { someEnded, someToken, someUser } from '../../lib/stores/suites/record-samples.ts';
import { anEvent } from '../../lib/stores/suites/records.ts';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { commandLine, plainEnvironment } from '../support/gateway.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';
import { aSigningKey, linesFor, versions } from '../transfer/moving.ts';

type Settings = Readonly<Record<string, string>>;

const folder = await temporaryFolder();
after(() => folder[Symbol.asyncDispose]());
const at = (name: string) => join(folder.path, name);

const SECRET_KEY = makeSecretKey();
const password = 'gulls over the breakwater';
const source = { DATA_DIR: at('source'), SECRET_KEY };
const file = at('all.jsonl');

const run = (args: string[], settings: Settings, input = '') => gatewardenCommand(args, { settings, input });

async function done(args: string[], settings: Settings): Promise<string> {
  const { code, stdout, stderr } = await run(args, settings);
  equal(code, 0, stderr);
  return stdout;
}

const counts = async (args: string[], settings: Settings) =>
  JSON.parse(await done(['import', ...args, '-o', 'json'], settings));

/** In a few words where they differ. */
function sameBytes(actual: string, expected: string): void {
  const [found, wanted] = [actual.split('\n'), expected.split('\n')];
  const at = wanted.findIndex((line, n) => found[n] !== line);
  deepEqual([found.length, found[at]], [wanted.length, wanted[at]]);
}

const linesOf = async (path: string) => (await readFile(path, 'utf8')).trimEnd().split('\n');

/** An installation that was in use: an admin by the command, which also makes keys and facts, and many users. */
before(async () => {
  const made = await run(['superuser', '--username', 'Root.Admin', '--password-stdin'], source, password);
  equal(made.code, 0, made.stderr);
  const stores = await openSqlite({ dataDir: source.DATA_DIR });
  const users = Array.from({ length: 3000 }, (_, n) =>
    someUser(`u${n}`, { email: `u${n}@example.test`, passwordHash: '$gw1$x' }),
  );
  const kept = { id: 's9', epoch: 7, was: 's8', at: 5 };
  const busy = someUser('Busy', { epoch: 7, kept, displayName: 'Ada, Gräfin 🦉', lastLoginAt: 2_000 });
  await stores.records.addMany(userKind, [...users, someUser('left', { state: 'removed' }), busy]);
  await stores.records.addMany(
    apiTokenKind,
    users.slice(0, 50).map(({ id }) => someToken('ci', { id: `t${id}`, hash: `h${id}`, userId: id })),
  );
  // The maker comes after the token that it made, in the order of an export.
  await stores.records.addMany(apiTokenKind, [
    someToken('by ci', { id: 't1', userId: busy.id, makers: ['t2'], scopes: [], lastUsedAt: 3_000 }),
    someToken('by hand', { id: 't2', userId: busy.id, role: 'viewer', expiresAt: 9e12, endedAt: 4_000 }),
  ]);
  await stores.records.add(refreshFamilyKind, {
    ...{ id: 's9', userId: busy.id, handle: 'h', hash: 'h1', previous: 'h0', rotatedAt: 5, createdAt: 1 },
    ...{ pace: { since: 5, count: 2 }, expiresAt: 9e12 },
  });
  await stores.records.add(signingKeyKind, aSigningKey('replaced', 0, {}, keyring([SECRET_KEY])));
  await stores.records.add(endedSessionKind, someEnded('s1', 9e12));
  await stores.audit.append([anEvent(1, { detail: { b: 1, a: 'ü' } })]);
  await stores.close();
  await done(['export', '--file', file], source);
});

test('an export is lines of JSON, the first says what it is and the last how many; only its owner may read it', async () => {
  const lines = await linesOf(file);
  const { check, ...header } = JSON.parse(lines[0] ?? '');
  deepEqual(header, { format: 'gatewarden-export', version: 2, kinds: versions() });
  equal(typeof check, 'string');
  deepEqual(JSON.parse(lines.at(-1) ?? ''), { kind: 'end', records: lines.length - 2 });
  const kinds = new Set(lines.slice(1).map((line) => JSON.parse(line).kind));
  deepEqual(
    [...kinds],
    ['fact', 'signing-key', 'user', 'admins', 'api-token', 'refresh-family', 'ended-session', 'audit', 'end'],
  );
  equal((await stat(file)).mode & 0o777, 0o600);
  equal(
    (await readdir(folder.path)).some((name) => name.endsWith('.part')),
    false,
  );
});

test('stdout holds the same, and nothing else', async () => {
  sameBytes(await done(['export'], source), await readFile(file, 'utf8'));
});

test('what is imported and exported again is the same to the byte, and people can sign in', async () => {
  const target = { DATA_DIR: at('copy'), SECRET_KEY };
  const { created, not_imported } = await counts(['--file', file], target);
  deepEqual([created, not_imported], [(await linesOf(file)).length - 2, 0]);
  sameBytes(await done(['export'], target), await readFile(file, 'utf8'));
  match(await done(['user', 'show', 'root.admin', '--local', '-o', 'plain'], target), /admin/);
  equal((await run(['user', 'deactivate', 'root.admin', '--local'], target)).code, 1, 'the last admin');
});

test('the same again changes nothing', async () => {
  const target = { DATA_DIR: at('again'), SECRET_KEY };
  const { created } = await counts(['--file', file], target);
  const { code, stdout } = await run(['import', '-o', 'json'], target, await readFile(file, 'utf8'));
  equal(code, 0);
  deepEqual(JSON.parse(stdout), { created: 0, replaced: 0, unchanged: created, not_imported: 0 });
});

test('what differs is left, told with its line, and overwritten with --replace', async () => {
  const target = { DATA_DIR: at('differs'), SECRET_KEY };
  const other = await openSqlite({ dataDir: target.DATA_DIR });
  await other.records.add(userKind, someUser('u5', { displayName: 'Somebody else' }));
  await other.records.add(userKind, someUser('u6', { id: 'u_other', state: 'removed' }));
  await other.close();
  const lineOf = async (name: string) =>
    (await linesOf(file)).findIndex((line) => line.includes(`"username":"${name}"`)) + 1;
  const { code, stdout, stderr } = await run(['import', '--file', file, '-o', 'plain'], target);
  equal(code, 1);
  // The token of a user who was not taken in is not either.
  match(stdout, /not imported\t3/);
  match(stderr, new RegExp(`^line ${await lineOf('u5')}: user u5: it is there already, and differs \\(--replace`, 'm'));
  match(stderr, new RegExp(`^line ${await lineOf('u6')}: user u6: the name was that of a user who was deleted`, 'm'));
  const { replaced, created } = await counts(['--file', file, '--replace'], target);
  deepEqual([replaced, created], [2, 1]);
  const { unchanged } = await counts(['--file', file, '--replace'], target);
  equal(unchanged, (await linesOf(file)).length - 2);
});

test('with -o json each line that is not imported is an object on stderr', async () => {
  const target = { DATA_DIR: at('json'), SECRET_KEY };
  const { code, stderr } = await run(
    ['import', '-o', 'json'],
    target,
    `${(await linesOf(file))[0]}\n{"kind":\n{"kind":"end","records":1}\n`,
  );
  equal(code, 1);
  deepEqual(JSON.parse(stderr.split('\n')[0] ?? ''), { line: 2, problem: 'it is not a JSON object' });
  equal(/\n\s+at /.test(stderr), false);
});

const foreign: readonly [what: string, settings: Settings][] = [
  ['another SECRET_KEY', { SECRET_KEY: makeSecretKey() }],
  ['no SECRET_KEY at all', {}],
];
for (const [what, given] of foreign) {
  test(`keys are not taken in with ${what}: nothing is, until it is right`, async () => {
    const target = { DATA_DIR: at(`foreign${Object.keys(given).length}`), ...given };
    const { code, stderr } = await run(['import', '--file', file], target);
    equal(code, 1);
    match(stderr, /^line 1: .*SECRET_KEY/m);
    match(stderr, /stopped: nothing was imported/);
    const { not_imported, unchanged } = await counts(['--file', file], { ...target, SECRET_KEY });
    deepEqual(
      { not_imported, unchanged },
      { not_imported: 0, unchanged: 0 },
      'the file that was stopped left no record',
    );
  });
}

test('a new SECRET_KEY before the old one takes keys in', async () => {
  const target = { DATA_DIR: at('rotated'), SECRET_KEY: `${makeSecretKey()},${SECRET_KEY}` };
  equal((await counts(['--file', file], target)).not_imported, 0);
  equal((await run(['user', 'show', 'u5', '--local'], target)).code, 0, 'starts with these keys');
});

test('a sealed key of another installation is refused by itself', async () => {
  const [line] = linesFor(signingKeyKind, aSigningKey('k1', 1));
  const input = `${(await linesOf(file))[0]}\n${line}\n{"kind":"end","records":1}\n`;
  const { code, stderr } = await run(['import'], { DATA_DIR: at('sealed'), SECRET_KEY }, input);
  equal(code, 1);
  match(stderr, /^line 2: signing-key .*does not open/m);
});

const usage: readonly [what: string, args: string[], settings: Settings, code: number, said: RegExp][] = [
  ['a file that is not there', ['import', '--file', at('nowhere')], { DATA_DIR: at('x') }, 5, /cannot be read/],
  ['a folder that is not there', ['export', '--file', at('no/where')], source, 5, /cannot be written/],
  ['an export of no store', ['export'], { DATA_DIR: at('none') }, 1, /There is no store/],
  ['a store of another SECRET_KEY', ['export'], { ...source, SECRET_KEY: makeSecretKey() }, 5, /SECRET_KEY/],
];
for (const [what, args, settings, code, said] of usage) {
  test(`${what} ends with ${code} and a sentence`, async () => {
    const ran = await run(args, settings);
    deepEqual([ran.code, ran.stdout], [code, '']);
    match(ran.stderr, said);
  });
}

test('an export over another one leaves a whole file, even if it cannot be finished', async () => {
  const path = at('kept.jsonl');
  await writeFile(path, 'before\n');
  equal((await run(['export', '--file', path], { ...source, SECRET_KEY: makeSecretKey() })).code, 5);
  equal(await readFile(path, 'utf8'), 'before\n');
  await done(['export', '--file', path], source);
  sameBytes(await readFile(path, 'utf8'), await readFile(file, 'utf8'));
});

/** Gives the command half of the file, and kills it when some of that is in the store. */
async function killedHalfway(settings: Settings, hasSome: () => Promise<boolean>): Promise<void> {
  const own = Object.entries(settings).map(([name, value]) => [`GATEWARDEN_${name}`, value]);
  const env = { ...plainEnvironment(), ...Object.fromEntries(own) };
  const child = spawn(process.execPath, [...commandLine, 'import'], { env, stdio: ['pipe', 'ignore', 'inherit'] });
  const lines = await linesOf(file);
  child.stdin.on('error', () => undefined).write(`${lines.slice(0, 1700).join('\n')}\n`);
  while (!(await hasSome())) await wait(20);
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function finished(settings: Settings): Promise<void> {
  const { created, unchanged, not_imported } = await counts(['--file', file], settings);
  ok(unchanged > 0 && created > 0, `${unchanged} were there, ${created} were missing`);
  deepEqual([created + unchanged, not_imported], [(await linesOf(file)).length - 2, 0]);
  sameBytes(await done(['export'], settings), await readFile(file, 'utf8'));
}

test('an import that is killed can be run again', async () => {
  const target = { DATA_DIR: at('killed'), SECRET_KEY };
  const stores = await openSqlite({ dataDir: target.DATA_DIR });
  await killedHalfway(target, async () => (await stores.records.list(userKind, { limit: 1 })).items.length > 0);
  await stores.close();
  await finished(target);
});

describe('MongoDB', () => {
  let server: Mongod;
  before(async () => {
    server = await anyMongod();
  });
  after(() => server.stop());
  const target = (name: string) => ({
    MONGODB_URL: server.url(`gatewarden_${name}_${process.pid}`),
    DATA_DIR: at(`mongo-${name}`),
    SECRET_KEY,
  });

  test('from SQLite and back to SQLite the export is the same to the byte', async () => {
    const mongo = target('there');
    const back = at('back.jsonl');
    equal((await counts(['--file', file], mongo)).not_imported, 0);
    const { code, stderr } = await run(['export', '--file', back], mongo);
    equal(code, 0);
    match(stderr, /MongoDB shows no single moment/);
    sameBytes(await readFile(back, 'utf8'), await readFile(file, 'utf8'));
    const again = { DATA_DIR: at('back'), SECRET_KEY };
    equal((await counts(['--file', back], again)).not_imported, 0);
    sameBytes(await done(['export'], again), await readFile(file, 'utf8'));
    match(await done(['user', 'show', 'root.admin', '--local', '-o', 'plain'], mongo), /admin/);
    equal((await run(['user', 'deactivate', 'root.admin', '--local'], mongo)).code, 1, 'the last admin');
  });

  test('an import that is killed can be run again', async (t) => {
    const mongo = target('killed');
    const stores = await openMongo({ url: mongo.MONGODB_URL });
    t.after(() => stores.close());
    await killedHalfway(mongo, async () => (await stores.records.list(userKind, { limit: 1 })).items.length > 0);
    await finished(mongo);
    equal((await stores.records.get(adminsKind, 'admins'))?.members.length, 1);
  });
});
