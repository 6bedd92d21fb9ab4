import { DatabaseSync } from 'node:sqlite';
import { problemWith } from './inspect.ts';

const patience = 5000;

/**
 * Writes a copy of a database that may be in use, as it is at one moment, to `target`: a file that is not there, or is empty.
 * Throws an `Error` that names the file and the reason for a database that is damaged or another application's.
 */
export function backUp(path: string, target: string): void {
  const problem = problemWith(path);
  if (problem !== undefined) throw new Error(`${path} cannot be backed up: ${problem}.`);
  const database = new DatabaseSync(path, { timeout: patience });
  try {
    // One read transaction. SQLite's online backup starts again whenever another process writes.
    database.prepare('VACUUM INTO ?').run(target);
  } finally {
    database.close();
  }
  checkCopy(target);
}

function checkCopy(path: string): void {
  const copy = new DatabaseSync(path, { readOnly: true });
  try {
    const found = copy.prepare('PRAGMA integrity_check(1)').get()?.integrity_check;
    if (found !== 'ok') throw new Error(`the copy is damaged: ${found}.`);
  } finally {
    copy.close();
  }
}
