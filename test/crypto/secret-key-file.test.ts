import { deepEqual, doesNotMatch, equal, match, rejects } from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { loadSecretKeys } from '../../lib/crypto/keyring.ts';
import { makeSecretKey, problemOfSecretKey } from '../../lib/crypto/secret-key.ts';
import { SettingsError } from '../../lib/errors.ts';

async function folder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'gatewarden-key-'));
  context.after(() => rm(path, { recursive: true }));
  return path;
}

async function withFile(context: TestContext, text: string, mode = 0o600): Promise<string> {
  const dataDir = await folder(context);
  await writeFile(join(dataDir, 'secret_key'), text);
  await chmod(join(dataDir, 'secret_key'), mode);
  return dataDir;
}

const load = (dataDir: string) => loadSecretKeys({ secretKey: undefined, dataDir });

test('a key that the settings give is used as it is, and no file is made', async (context) => {
  const dataDir = join(await folder(context), 'never');
  deepEqual(await loadSecretKeys({ secretKey: ['one', 'two'], dataDir }), ['one', 'two']);
  await rejects(stat(dataDir), { code: 'ENOENT' });
});

test('a new data directory gets a good key that its owner alone may read', async (context) => {
  const dataDir = join(await folder(context), 'deep', 'data');
  const [key = ''] = await load(dataDir);
  equal(problemOfSecretKey(key), undefined);
  equal((await stat(join(dataDir, 'secret_key'))).mode & 0o777, 0o600);
  equal((await stat(dataDir)).mode & 0o777, 0o700);
});

test('the same key is found at the next start', async (context) => {
  const dataDir = await folder(context);
  deepEqual(await load(dataDir), await load(dataDir));
});

test('of twenty processes that start together one makes the key, and nothing is left lying about', async (context) => {
  const dataDir = await folder(context);
  const found = await Promise.all(Array.from({ length: 20 }, () => load(dataDir)));
  equal(new Set(found.map(String)).size, 1);
  deepEqual((await readdir(dataDir)).sort(), ['.gitignore', 'secret_key']);
});

test('the file may hold a list, newest first', async (context) => {
  const keys = [makeSecretKey(), makeSecretKey()];
  deepEqual(await load(await withFile(context, ` ${keys.join(', ')}\n`)), keys);
});

const bad: [title: string, text: string, mode: number, says: RegExp][] = [
  ['empty', '', 0o600, /holds no good secret key/],
  ['too short', 'c2hvcnQtc2VjcmV0\n', 0o600, /holds 12 bytes, at least 32 are needed/],
  ['not base64', 'correct horse battery staple, and more of it\n', 0o600, /not URL-safe base64/],
  ['readable by the group', `${makeSecretKey()}\n`, 0o640, /mode 0640.*chmod 600/],
  ['writable by everybody', `${makeSecretKey()}\n`, 0o602, /mode 0602.*chmod 600/],
];
for (const [title, text, mode, says] of bad) {
  test(`a key file that is ${title} stops the start, is left alone, and its content is not told`, async (context) => {
    const dataDir = await withFile(context, text, mode);
    await rejects(load(dataDir), (error: SettingsError) => {
      match(error.problems.join(), says);
      if (text.trim()) doesNotMatch(error.message, new RegExp(text.trim().slice(0, 10)));
      return error instanceof SettingsError;
    });
    equal(await readFile(join(dataDir, 'secret_key'), 'utf8'), text);
  });
}

test('a data directory that is a file is a clear error', async (context) => {
  const dataDir = join(await folder(context), 'file');
  await writeFile(dataDir, '');
  await rejects(load(dataDir), { name: 'SettingsError', message: /DATA_DIR: .*ENOTDIR/ });
});

test('a key file that is a folder is a clear error', async (context) => {
  const dataDir = await folder(context);
  await mkdir(join(dataDir, 'secret_key'));
  await rejects(load(dataDir), { name: 'SettingsError', message: /DATA_DIR: .*cannot be read \(EISDIR\)/ });
});

test('a data directory that may not be written to is a clear error', async (context) => {
  const dataDir = await folder(context);
  await chmod(dataDir, 0o555);
  // Root may write anywhere: it steps down for this.
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65534);
  const outcome = await load(dataDir).catch((error: unknown) => error);
  if (root) process.seteuid?.(0);
  equal(
    outcome instanceof SettingsError && /DATA_DIR: no secret key can be written.*EACCES/.test(outcome.message),
    true,
  );
});
