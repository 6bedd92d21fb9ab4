import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './processes.ts';

/** A program that tests use and that npm cannot bring: its name on the path, and Debian's package for it. */
const packages = {
  chromium: 'chromium',
  'redis-server': 'redis-server',
  nginx: 'nginx',
  caddy: 'caddy',
  wrk: 'wrk',
  faketime: 'faketime',
  curl: 'curl',
  jq: 'jq',
  zsh: 'zsh',
  fish: 'fish',
} as const;

export type Program = keyof typeof packages;

/** Where a program is, or the sentence that says why it cannot be had: the `skip` of the tests that need it. */
export type Found = Readonly<{ path: string; skip: false }> | Readonly<{ path: undefined; skip: string }>;

const folders = () => [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];

/** Where a program is on the path, if it is there. */
export function onPath(name: string): string | undefined {
  return folders()
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

async function aptInstall(name: string): Promise<boolean> {
  const apt = onPath('apt-get');
  if (apt === undefined || process.getuid?.() !== 0) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    run(apt, ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', name], { env });
  if ((await install()).code === 0) return true;
  await run(apt, ['update'], { env });
  return (await install()).code === 0;
}

async function find(name: Program): Promise<Found> {
  const there = onPath(name);
  if (there !== undefined) return { path: there, skip: false };
  await aptInstall(packages[name]);
  const path = onPath(name);
  return path !== undefined
    ? { path, skip: false }
    : { path, skip: `${name} is not on the path, and apt-get cannot install ${packages[name]} here` };
}

const found = new Map<Program, Promise<Found>>();

/** Finds a program on the path, or installs it where apt-get can. `test(name, { skip: it.skip }, …)` says it by name. */
export function program(name: Program): Promise<Found> {
  const known = found.get(name) ?? find(name);
  found.set(name, known);
  return known;
}
