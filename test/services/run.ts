import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Row } from './behind.ts';
import { table } from './table.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: 'boolean' } } });
const all = globSync('test/services/*.service.ts').sort();
const files = all.filter((file) => positionals.length === 0 || positionals.some((name) => file.includes(name)));
const page = 'docs/works-with.md';

const folder = mkdtempSync(join(tmpdir(), 'gatewarden-services-run-'));
const missing = join(folder, 'missing.txt');
const rowFolder = mkdtempSync(join(folder, 'rows-'));

function readRows(): Row[] {
  const read = (file: string): Row => JSON.parse(readFileSync(join(rowFolder, file), 'utf8'));
  return readdirSync(rowFolder)
    .map(read)
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Puts the table in the place of the one that the page has. */
function write(rows: readonly Row[]): void {
  const [before = '', after = ''] = readFileSync(page, 'utf8').split(/<!-- begin table -->[\s\S]*<!-- end table -->/);
  writeFileSync(page, `${before}<!-- begin table -->\n${table(rows)}\n<!-- end table -->${after}`);
}

/** Names what was not tried, prints the table and resolves with the exit code. */
function finish(code: number): number {
  const notTried = readFileSync(missing, 'utf8').split('\n').filter(Boolean);
  const rows = readRows();
  rmSync(folder, { recursive: true });
  console.log(`\n${table(rows)}`);
  if (notTried.length > 0) console.error(`\nnot tried:\n${notTried.map((one) => `  ${one}`).join('\n')}`);
  const done = code === 0 && notTried.length === 0;
  if (values.write && done && files.length === all.length) write(rows);
  return done ? 0 : 1;
}

const runner = spawn(
  process.execPath,
  [
    ...['--conditions=gatewarden-source', '--test', '--test-concurrency=1', '--test-timeout=900000'],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=./test/skips.ts', `--test-reporter-destination=${missing}`],
    ...files,
  ],
  { stdio: 'inherit', env: { ...process.env, SERVICE_ROWS: rowFolder } },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => runner.kill(signal));
runner.on('exit', (code) => {
  process.exitCode = finish(code ?? 1);
});
