import { readFileSync } from 'node:fs';

/** The version of the package, as in its package.json. */
export function version(): string {
  // This file is in cli/ in the sources, in dist/cli/ in the package.
  const base = import.meta.filename.endsWith('.ts') ? '../package.json' : '../../package.json';
  const read: unknown = JSON.parse(readFileSync(new URL(base, import.meta.url), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}
