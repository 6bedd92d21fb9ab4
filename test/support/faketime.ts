import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { program } from './services.ts';

/** Where faketime is, or why it cannot be had. */
export const faketime = await program('faketime');

/** libfaketime lies beside the libraries of the machine's architecture. */
function library(): string {
  const folders = readdirSync('/usr/lib', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of folders) {
    const folder = join('/usr/lib', name, 'faketime');
    try {
      const found = readdirSync(folder).find((file) => file === 'libfaketime.so.1');
      if (found !== undefined) return join(folder, found);
    } catch {
      // Another folder has it.
    }
  }
  throw new Error('libfaketime is not below /usr/lib');
}

/** The environment of a process whose wall clock is ahead, or with a minus behind, such as `+5m`. Its timers run as they do. */
export const withClock = (offset: string): Readonly<Record<string, string>> => ({
  LD_PRELOAD: library(),
  FAKETIME: offset,
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
});
