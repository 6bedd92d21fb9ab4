import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from 'gatewarden';

/** What a running gateway notes in `DATA_DIR` of the settings by which it decides. None of them is a secret. */
const noted = [
  'rules',
  'prefix',
  'publicUrl',
  'allowedHosts',
  'roles',
  'scopes',
  'authEnabled',
  'autoLogin',
  'autoLoginUser',
  'autoLoginRole',
  'superuser',
  'upstreamAuthorization',
] as const satisfies readonly (keyof Settings)[];

type Noted = Partial<Pick<Settings, (typeof noted)[number]>>;

/** A gateway that runs on a data directory. `startedAt` in milliseconds since the epoch. */
export type RunningNote = Readonly<{ pid: number; startedAt: number; settings: Noted }>;

const pathIn = (dataDir: string): string => join(dataDir, 'gateway.json');

/**
 * Writes the note, so that `explain` and `check` can say what the running gateway decides. Returns a function that
 * removes it. Without a data directory there is no note.
 */
export function noteRunning(settings: Settings): () => void {
  const path = pathIn(settings.dataDir);
  const draft = `${path}.${randomUUID()}`;
  const kept = Object.fromEntries(noted.map((name) => [name, settings[name]]));
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
    // Another user's process is there, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
