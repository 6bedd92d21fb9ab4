import { deepEqual, equal, match } from 'node:assert/strict';
import { globSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { settingTable } from '../../lib/settings/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { run } from '../support/processes.ts';

const node = process.execPath;
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const folder = await temporaryFolder();
const at = (...names: string[]) => join(folder.path, ...names);
after(() => folder[Symbol.asyncDispose]());

async function must(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, { cwd });
  equal(code, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}

async function versions(...names: string[]): Promise<string[]> {
  const { dependencies, devDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
  return names.map((name) => `${name}@${dependencies[name] ?? devDependencies[name]}`);
}

before(async () => {
  await must(npm, ['pack', '--silent', '--pack-destination', folder.path], process.cwd());
  await writeFile(at('package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  const tarball = at(`gatewarden-${version}.tgz`);
  const others = await versions('express', 'typescript', '@types/node');
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--loglevel=error'];
  await must(npm, ['install', ...quiet, tarball, ...others], folder.path);
  await copyFile('test/package/consumer.ts', at('consumer.ts'));
  await copyFile('test/types/usage.ts', at('usage.ts'));
});

test('an app runs on the installed package, without its sources', { timeout: 120_000 }, async () => {
  const said = JSON.parse(await must(node, ['consumer.ts'], folder.path));
  match(said.from, /node_modules\/gatewarden\/dist\/lib\/index\.js$/);
  deepEqual(said.answers, [200, 401, 200]);
});

test('the types of the installed package hold what a user writes', async () => {
  const compilerOptions = {
    ...{ strict: true, noEmit: true, target: 'es2024', module: 'nodenext', skipLibCheck: false },
    ...{ types: ['node'], erasableSyntaxOnly: true, allowImportingTsExtensions: true },
  };
  await writeFile(at('tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts', 'usage.ts'] }));
  await must(node, [at('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'], folder.path);
});

test('an editor finds a doc comment with the default on every option', async () => {
  const declared = await Promise.all(
    globSync(at('node_modules/gatewarden/dist/lib/settings/*.d.ts')).map((path) => readFile(path, 'utf8')),
  );
  const uncommented = Object.keys(settingTable).filter(
    (key) => !new RegExp(`Default:(?:(?!\\*/)[^])*\\*/\\n    ${key}: \\{`).test(declared.join('\n')),
  );
  deepEqual(uncommented, []);
});

test('the installed command prints its help', async () => {
  const bin = at('node_modules', '.bin', 'gatewarden');
  match(await must(bin, ['--help'], folder.path), /Usage: gatewarden/);
});

test('the installed command prints a key that has 32 bytes at least', async () => {
  const key = await must(node, [at('node_modules', 'gatewarden', 'dist', 'cli', 'index.js'), 'keygen'], folder.path);
  match(key, /^[A-Za-z0-9_-]{43,}\n$/);
});

test('what is packed holds no test, and no key', async () => {
  const listed = await must('tar', ['-tzf', at(`gatewarden-${(await versionOf()).trim()}.tgz`)], folder.path);
  deepEqual(
    listed
      .split('\n')
      .filter((path) => /(^package\/(test|bench|examples|gateway|cli)\/)|secret_key|\.env$|\.db$/.test(path)),
    [],
  );
});

async function versionOf(): Promise<string> {
  return JSON.parse(await readFile('package.json', 'utf8')).version;
}
