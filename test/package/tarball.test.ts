import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import test, { after, before } from 'node:test';
import { settingTable } from '../../lib/settings/index.ts';
import { readersInstallation } from '../docs/installation.ts';
import { terminalScript } from '../docs/readme.ts';
import { temporaryFolder } from '../support/folders.ts';
import { run } from '../support/processes.ts';
import { hoverTexts } from './hover.ts';
import { otherFences, snippets } from './snippets.ts';

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
  const others = await versions('express', '@types/node');
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--loglevel=error'];
  await must(npm, ['install', ...quiet, tarball, ...others], folder.path);
  await copyFile('test/package/consumer.ts', at('consumer.ts'));
  for (const name of ['usage.ts', 'surface.ts']) await copyFile(join('test/types', name), at(name));
});

test('an app runs on the installed package, without its sources', { timeout: 120_000 }, async () => {
  const said = JSON.parse(await must(node, ['consumer.ts'], folder.path));
  match(said.from, /node_modules\/gatewarden\/dist\/lib\/index\.js$/);
  deepEqual(said.answers, [200, 401, 200]);
});

test('the package brings its bill of materials: every production dependency, with version and hash', async () => {
  const bom = JSON.parse(await readFile(at('node_modules/gatewarden/dist/sbom.cdx.json'), 'utf8'));
  const { name, version, dependencies, devDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
  deepEqual([bom.bomFormat, bom.metadata.component.name, bom.metadata.component.version], ['CycloneDX', name, version]);
  const listed = new Map<string, { version: string; hashes: unknown[] }>();
  for (const one of bom.components) listed.set(one.name, one);
  deepEqual(
    Object.keys(dependencies).filter((one) => !listed.has(one)),
    [],
  );
  deepEqual(
    ['typescript', '@biomejs/biome', 'playwright-core'].filter((one) => one in devDependencies && listed.has(one)),
    [],
  );
  for (const { hashes } of listed.values()) ok(hashes.length > 0);
  equal(JSON.stringify(bom).includes(process.cwd()), false);
});

/** What people compile with: TypeScript 7, and 5.9 where they have not moved yet. */
const compilers = { 7: 'node_modules/typescript/bin/tsc', 5.9: 'node_modules/typescript-5/bin/tsc' };

/** Writes the snippets of the documentation beside what a user wrote; resolves with the names of all files. */
async function sourcesOfUsers(): Promise<string[]> {
  const compiled = snippets().filter(({ skip }) => skip === undefined);
  ok(compiled.length >= 3);
  await mkdir(at('snippets'), { recursive: true });
  for (const { file, code } of compiled) await writeFile(at('snippets', file), code);
  return ['consumer.ts', 'usage.ts', 'surface.ts', ...compiled.map(({ file }) => `snippets/${file}`)];
}

/** Compiles them as a user does; resolves with the declarations made of surface.ts. */
async function compile(version: string, compiler: string): Promise<string> {
  const outDir = `declared-${version}`;
  const compilerOptions = {
    ...{ strict: true, target: 'es2024', module: 'nodenext', moduleDetection: 'force', types: ['node'] },
    ...{ skipLibCheck: false, erasableSyntaxOnly: true },
    ...{ declaration: true, emitDeclarationOnly: true, rootDir: '.', outDir },
  };
  await writeFile(at('tsconfig.json'), JSON.stringify({ compilerOptions, files: await sourcesOfUsers() }));
  await must(node, [resolve(compiler), '-p', '.'], folder.path);
  return readFile(at(outDir, 'surface.d.ts'), 'utf8');
}

for (const [version, compiler] of Object.entries(compilers)) {
  test(`TypeScript ${version}: the compiler is of that version`, async () => {
    match(await must(node, [compiler, '--version'], process.cwd()), new RegExp(`^Version ${version}\\.`));
  });

  test(`TypeScript ${version}: what a user writes, and every snippet of README.md and docs/, compiles; every type can be named`, async () => {
    const declared = await compile(version, compiler);
    deepEqual(
      [...declared.matchAll(/import\("([^"]+)"\)/g)].filter(([, from = '']) => /^\.|\/(dist|lib)\//.test(from)),
      [],
    );
  });
}

test('a snippet that is not compiled says why, and none goes by another name', () => {
  const silent = snippets().filter(({ skip }) => skip !== undefined && skip.length < 10);
  const pages = ['README.md', ...globSync('docs/**/*.md')];
  const others = pages.flatMap((path) => otherFences(readFileSync(path, 'utf8')).map((line) => `${path}: ${line}`));
  deepEqual([silent.map(({ file }) => file), others], [[], []]);
});

test('an editor shows what each option does, and its default', () => {
  const shown = hoverTexts(folder.path, Object.keys(settingTable));
  const silent = Object.entries(shown).filter(([, text]) => !/\w{3,}.*\sDefault:\s.+\.$/s.test(text));
  deepEqual(silent, []);
  equal(shown.sessionIdle, 'A session ends after this long unused. Default: `12h`.');
});

test('the installed command prints its help', async () => {
  const bin = at('node_modules', '.bin', 'gatewarden');
  match(await must(bin, ['--help'], folder.path), /Usage: gatewarden/);
});

test('the installed command prints a key that has 32 bytes at least', async () => {
  const key = await must(node, [at('node_modules', 'gatewarden', 'dist', 'cli', 'index.js'), 'keygen'], folder.path);
  match(key, /^[A-Za-z0-9_-]{43,}\n$/);
});

test('the installed command does what the README shows of it, against a gateway', { timeout: 180_000 }, async () => {
  const command = `'${at('node_modules', '.bin', 'gatewarden')}'`;
  await using installation = await readersInstallation({ command });
  const ran = await installation.shell.sh(terminalScript(installation.gateway.address));
  equal(ran.code, 0, `${ran.stderr}\n${ran.stdout}`);
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
