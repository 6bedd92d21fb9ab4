import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: run this through npm, so that the pinned Node is used.`);
  process.exit(5);
}

const given = process.argv.slice(2);
const files = (given.length > 0 ? given : ['test']).flatMap((path) =>
  path.endsWith('.ts') ? [path] : globSync(`${path}/**/*.test.ts`),
);
const runner = spawn(
  process.execPath,
  ['--conditions=gatewarden-source', '--test', '--test-concurrency=2', '--test-timeout=240000', ...files.sort()],
  { stdio: 'inherit' },
);
runner.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
