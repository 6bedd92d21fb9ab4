import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Settings } from 'gatewarden';

/** The settings that a running gateway writes to `DATA_DIR`: those that decisions depend on. None is a secret. */
const noted = [
  'rules',
  'prefix',
  'publicUrl',
  'adminUrl',
  'allowedHosts',
  'roles',
  'scopes',
  'authEnabled',
  'autoLogin',
  'autoLoginUser',
  'autoLoginRole',
  'superuser',
  'upstreamAuthorization',
  'upstream',
  'encodedSlashes',
  'identityHeaders',
] as const satisfies readonly (keyof Settings)[];

/** `config`: the path of the configuration file, absolute. */
type Noted = Partial<Pick<Settings, (typeof noted)[number] | 'config'>>;

/** Describes the gateway that runs on a data directory. `startedAt` is in milliseconds since the epoch. */
export type RunningNote = Readonly<{ pid: number; startedAt: number; settings: Noted }>;

const fileOf = ({ config }: Settings): string | undefined => (config === undefined ? undefined : resolve(config));

const pathIn = (dataDir: string): string => join(dataDir, 'gateway.json');

/**
 * Writes the note, from which `explain` and `check` learn how the running gateway decides. Returns a function that removes
 * it. Writes nothing when there is no data directory.
 */
export function noteRunning(settings: Settings): () => void {
  const path = pathIn(settings.dataDir);
  const draft = `${path}.${randomUUID()}`;
  const kept = { ...Object.fromEntries(noted.map((name) => [name, settings[name]])), config: fileOf(settings) };
  try {
    const note = JSON.stringify({ pid: process.pid, startedAt: Date.now(), settings: kept });
    writeFileSync(draft, `${note}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  } catch {
    return () => undefined;
  }
  return () => {
    if (readRunning(settings.dataDir)?.pid === process.pid) rmSync(path, { force: true });
  };
}

/** The gateway that runs on this data directory; undefined when there is none. */
export function readRunning(dataDir: string): RunningNote | undefined {
  try {
    const note = JSON.parse(readFileSync(pathIn(dataDir), 'utf8')) as RunningNote;
    return Number.isSafeInteger(note.pid) && isAlive(note.pid) ? note : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process exists and belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
