import { deepEqual, equal, throws } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { makeDataFolder } from '../../lib/crypto/data-folder.ts';
import { temporaryFolder } from '../support/folders.ts';

test('a new folder is for its owner alone, and git sees nothing of it', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'a', 'data');
  makeDataFolder(path);
  equal(statSync(path).mode & 0o777, 0o700);
  writeFileSync(join(path, 'secret_key'), 'x');
  const git = (...args: string[]) => spawnSync('git', ['-C', folder.path, ...args], { encoding: 'utf8' });
  equal(git('init', '-q').status, 0);
  equal(git('status', '--porcelain').stdout, '');
});

test('an empty folder that was there gets a .gitignore, once', async () => {
  await using folder = await temporaryFolder();
  makeDataFolder(folder.path);
  writeFileSync(join(folder.path, '.gitignore'), 'mine\n');
  makeDataFolder(folder.path);
  equal(readFileSync(join(folder.path, '.gitignore'), 'utf8'), 'mine\n');
});

test('a folder with something in it, such as a project, is left as it is', async () => {
  await using folder = await temporaryFolder();
  writeFileSync(join(folder.path, 'package.json'), '{}');
  makeDataFolder(folder.path);
  deepEqual(readdirSync(folder.path), ['package.json']);
});

test('what is no folder cannot be one', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'file');
  writeFileSync(file, '');
  throws(() => makeDataFolder(join(file, 'data')));
});
