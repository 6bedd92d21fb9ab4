// JavaScript, not TypeScript: it must still say what is wrong on a Node that cannot read the rest.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `Node ${process.versions.node} is too old, 22.19 is needed. Run "npm ci" and then "npm start": it brings its own Node.`,
  );
  process.exit(5);
}

const demo = fileURLToPath(new URL('./demo.ts', import.meta.url));
const child = spawn(process.execPath, ['--conditions=gatewarden-source', demo], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
// A terminal sends Ctrl-C to both processes by itself.
for (const signal of process.stdin.isTTY ? ['SIGTERM'] : ['SIGTERM', 'SIGINT'])
  process.on(signal, () => child.kill(signal));
if (process.stdin.isTTY) process.on('SIGINT', () => undefined);
// npm passes a signal to its shell only, and the shell ends without us: another parent means that npm has ended.
const parent = process.ppid;
if (process.env.npm_lifecycle_event !== undefined) {
  setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500).unref();
}
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
