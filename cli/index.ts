#!/usr/bin/env node
// Without `--` after it Node reads a command's `--env-file` itself, and ends with 9 where the file is missing. `env -S node --`
// would cure that and not start at all with BusyBox (Alpine): what we start ourselves says `node -- …` instead.
import { tooOldNode } from '#node-version';
import { dropSqliteWarning, endWithReader } from './runtime.ts';

const problem = tooOldNode(process.versions.node);
if (problem) {
  console.error(problem);
  process.exitCode = 5;
} else {
  dropSqliteWarning(process);
  endWithReader(process.stdout);
  const { main } = await import('./program.ts');
  process.exitCode = await main(process.argv.slice(2));
}
