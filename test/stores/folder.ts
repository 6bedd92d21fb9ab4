import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A directory of its own for one test, and the path of the database in it. */
export function dataFolder(t: TestContext): { dataDir: string; path: string } {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatewarden-'));
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  return { dataDir, path: join(dataDir, 'gatewarden.db') };
}
