import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Outcome, Row } from './behind.ts';
import { table } from './table.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } });
const all = globSync('test/services/*.service.ts').sort();
const files = all.filter((file) => positionals.length === 0 || positionals.some((name) => file.includes(name)));
const page = 'docs/works-with.md';
if (files.length === 0) {
  console.error(`No file of test/services has ${positionals.join(' or ')} in its name.`);
  process.exit(5);
}

const folder = mkdtempSync(join(tmpdir(), 'gatewarden-services-run-'));

function readOutcomes(): Outcome[] {
  const read = (file: string): Outcome => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return readdirSync(folder)
    .map(read)
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Puts the table in the place of the one that the page has. */
function write(rows: readonly Row[]): void {
  const [before = '', after = ''] = readFileSync(page, 'utf8').split(/<!-- begin table -->[\s\S]*<!-- end table -->/);
  writeFileSync(page, `${before}<!-- begin table -->\n${table(rows)}\n<!-- end table -->${after}`);
}

/** Prints the table, names what was not tried and gives the exit code. */
function finish(code: number): number {
  const outcomes = readOutcomes();
  const rows = outcomes.filter((one) => one.kind === 'tried');
  const missing = outcomes.filter((one) => one.kind === 'missing');
  rmSync(folder, { recursive: true });
  console.log(`\n${table(rows)}`);
  if (missing.length > 0) console.error('\nnot tried:');
  for (const { name, why } of missing) console.error(`  ${name}: ${why}`);
  const done = code === 0 && outcomes.length === files.length && missing.length === 0;
  if (values.write && done && files.length === all.length) write(rows);
  return done ? 0 : 1;
}

const runner = spawn(
  process.execPath,
  [
    ...['--conditions=gatewarden-source', '--test', '--test-concurrency=1', '--test-timeout=900000'],
    '--test-reporter=spec',
    ...files,
  ],
  { stdio: 'inherit', env: { ...process.env, SERVICE_OUTCOMES: folder } },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => runner.kill(signal));
runner.on('exit', (code) => {
  process.exitCode = finish(code ?? 1);
});
