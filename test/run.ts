import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: run this through npm, so that the pinned Node is used.`);
  process.exit(5);
}

const given = process.argv.slice(2);
const files = (given.length > 0 ? given : ['test']).flatMap((path) =>
  path.endsWith('.ts') ? [path] : globSync(`${path}/**/*.test.ts`),
);

const folder = mkdtempSync(join(tmpdir(), 'gatewarden-run-'));
const skips = join(folder, 'skips.txt');
const reporters = [
  ['--test-reporter=spec', '--test-reporter-destination=stdout'],
  ['--test-reporter=./test/skips.ts', `--test-reporter-destination=${skips}`],
].flat();

/** What was skipped is said by name; where everything must have run (`CI=true`) it is a failure. */
function tellSkips(): boolean {
  const skipped = readFileSync(skips, 'utf8').split('\n').filter(Boolean);
  rmSync(folder, { recursive: true });
  if (skipped.length > 0) console.error(`\nskipped ${skipped.length}:\n${skipped.map((one) => `  ${one}`).join('\n')}`);
  return skipped.length > 0 && process.env.CI === 'true';
}

// Most of the processor's time would go into compiling the same modules, in each test file and each process that it starts.
const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') };

const runner = spawn(
  process.execPath,
  [
    '--conditions=gatewarden-source',
    ...['--test', '--test-concurrency=2', '--test-timeout=240000', ...reporters],
    ...files.sort(),
  ],
  { stdio: 'inherit', env },
);
runner.on('exit', (code, signal) => process.exit(tellSkips() || signal ? 1 : (code ?? 1)));
