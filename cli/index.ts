#!/usr/bin/env node
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
