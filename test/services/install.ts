import { existsSync, globSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, type Started, start } from '../support/processes.ts';
import { onPath } from '../support/services.ts';

/** A service on the disk, or the sentence that says why it cannot be had. */
export type Installed =
  | Readonly<{ kind: 'installed'; folder: string; version: string; from: string }>
  | Readonly<{ kind: 'missing'; why: string }>;

const cache = join(tmpdir(), 'gatewarden-services');
const limit = 300_000;

/** The environment without what npm tells a script about the package that it belongs to. */
export function ownEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const foreign = /^(GATEWARDEN_|NODE_TEST_CONTEXT|npm_(package|lifecycle|config_local_prefix|config_prefix)|INIT_CWD)/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(own), ...more };
}

/** Runs a program of an installer in `cwd`; rejects with what it printed when it fails or takes too long. */
async function must(cwd: string, command: string, ...args: string[]): Promise<string> {
  if (!command.includes('/') && onPath(command) === undefined) throw new Error(`${command} is not on the path`);
  const ran = await run(command, args, { cwd, env: ownEnvironment(), timeout: limit });
  if (ran.code === 0) return ran.stdout;
  throw new Error(`${command} ${args[0]} failed: ${`${ran.stderr}${ran.stdout}`.trim().slice(-500)}`);
}

/** Fills a folder of the cache once; what was begun and not finished is begun again. */
async function once(name: string, from: string, fill: (folder: string) => Promise<string>): Promise<Installed> {
  const folder = join(cache, name);
  const done = join(folder, '.installed');
  try {
    if (!existsSync(done)) {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await writeFile(done, await fill(folder));
    }
    return { kind: 'installed', folder, from, version: await readFile(done, 'utf8') };
  } catch (error) {
    return { kind: 'missing', why: `${from} cannot be installed: ${error instanceof Error ? error.message : error}` };
  }
}

/** Installs packages from npm; the version is that of the first. Install scripts do not run. */
export function fromNpm(
  packages: readonly [string, ...string[]],
  overrides: Readonly<Record<string, string>> = {},
): Promise<Installed> {
  const [name] = packages;
  return once(`npm-${name}`, `npm ${name}`, async (folder) => {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, overrides }));
    await must(
      folder,
      'npm',
      'install',
      '--prefix',
      folder,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      ...packages,
    );
    const described: unknown = JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
    return versionIn(described);
  });
}

function versionIn(described: unknown): string {
  const version = typeof described === 'object' && described !== null && 'version' in described && described.version;
  return typeof version === 'string' ? version : 'unknown';
}

/** Installs packages from PyPI into a virtual environment; programs are in `bin`. The version is that of the first. */
export function fromPyPi(...packages: readonly [string, ...string[]]): Promise<Installed> {
  const [name] = packages;
  return once(`pypi-${name}`, `PyPI ${name}`, async (folder) => {
    await must(folder, 'python3', '-m', 'venv', folder);
    const python = join(folder, 'bin', 'python3');
    await must(folder, python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages);
    const ask = `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}), end='')`;
    return must(folder, python, '-c', ask);
  });
}

/** Unpacks Debian packages without installing them, so that no service of the machine is started or changed. */
export function fromDebian(...packages: readonly [string, ...string[]]): Promise<Installed> {
  const [name] = packages;
  return once(`debian-${name}`, `Debian ${name}`, async (folder) => {
    await download(folder, packages);
    const files = globSync(join(folder, '*.deb'));
    for (const file of files) await must(folder, 'dpkg-deb', '--extract', file, folder);
    const [own = ''] = files.filter((file) => file.startsWith(join(folder, `${name}_`)));
    return (await must(folder, 'dpkg-deb', '--field', own, 'Version')).trim();
  });
}

async function download(folder: string, packages: readonly string[]): Promise<void> {
  const ask = () => must(folder, 'apt-get', 'download', ...packages);
  try {
    await ask();
  } catch (error) {
    if (process.getuid?.() !== 0) throw error;
    await must(folder, 'apt-get', 'update');
    await ask();
  }
}

/**
 * Starts a program of unpacked Debian packages that reads its own files below `/usr/share`. It sees them there, laid over
 * those of the machine; nothing else on the machine does.
 */
export function startUnpacked(installed: string, program: string, args: readonly string[], cwd: string): Started {
  const mount = 'mount -t overlay -o "lowerdir=$0/usr/share:/usr/share" overlay /usr/share';
  const script = `${mount} && program="$0/$1" && shift && exec "$program" "$@"`;
  const asUser = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const options = { cwd, env: ownEnvironment() };
  return start('unshare', ['--mount', ...asUser, 'sh', '-c', script, installed, program, ...args], options);
}
