import { readFileSync } from 'node:fs';

/** The version of the package, as in its package.json. */
export function packageVersion(): string {
  // This file is in lib/start/ in the sources, in dist/lib/start/ in the package.
  const base = import.meta.filename.endsWith('.ts') ? '../../package.json' : '../../../package.json';
  const read: unknown = JSON.parse(readFileSync(new URL(base, import.meta.url), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}
