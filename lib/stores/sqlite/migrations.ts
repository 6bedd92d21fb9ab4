import type { DatabaseSync } from 'node:sqlite';
import type { AnyKind } from '../records/kind.ts';
import { allKinds } from '../records/kinds/index.ts';
import { migrateKind } from './kind-migration.ts';
import { applicationId, layoutSteps } from './layout.ts';

/** The tables that a program reads and writes: the fixed ones by their steps, and one for each kind. */
export type Layout = Readonly<{ steps: readonly string[]; kinds: readonly AnyKind[] }>;

export const currentLayout: Layout = { steps: layoutSteps, kinds: allKinds };

/** The version of the fixed tables in the file; 0 when it is new. */
export function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

/** The version of each kind in the file. */
function kindsIn(database: DatabaseSync): ReadonlyMap<string, number> {
  if (versionOf(database) === 0) return new Map();
  const rows = database.prepare('SELECT name, version FROM kinds').all();
  return new Map(rows.map(({ name, version }) => [String(name), Number(version)]));
}

/** What a newer program wrote that this one does not know, as a sentence; `undefined`: nothing. */
export function newerIn(database: DatabaseSync, { steps, kinds }: Layout = currentLayout): string | undefined {
  const byNewer = (what: string) => `it was written by a newer version of Gatewarden (${what})`;
  const layout = versionOf(database);
  if (layout > steps.length) return byNewer(`its layout has version ${layout}, this one knows ${steps.length}`);
  for (const [name, version] of kindsIn(database)) {
    const known = kinds.find((kind) => kind.name === name)?.version;
    if (known === undefined) return byNewer(`it has the kind "${name}", which this one does not know`);
    if (version > known) return byNewer(`its kind "${name}" has version ${version}, this one knows ${known}`);
  }
  return undefined;
}

function isCurrent(database: DatabaseSync, { steps, kinds }: Layout): boolean {
  const versions = kindsIn(database);
  return versionOf(database) === steps.length && kinds.every((kind) => versions.get(kind.name) === kind.version);
}

/**
 * Brings a file to this program's layout, in one transaction: the fixed tables first, then the records of each kind. Throws
 * when a newer program wrote it.
 */
export function migrate(database: DatabaseSync, layout: Layout = currentLayout): void {
  if (isCurrent(database, layout)) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Under the lock: another process may have migrated meanwhile.
    const newer = newerIn(database, layout);
    if (newer !== undefined) throw new Error(newer);
    bring(database, layout);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function bring(database: DatabaseSync, { steps, kinds }: Layout): void {
  for (const step of steps.slice(versionOf(database))) database.exec(step);
  database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}`);
  const versions = kindsIn(database);
  const mark = database.prepare('INSERT OR REPLACE INTO kinds (name, version) VALUES (?, ?)');
  for (const kind of kinds) {
    migrateKind(database, kind, versions.get(kind.name));
    mark.run(kind.name, kind.version);
  }
}
