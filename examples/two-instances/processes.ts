import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onNpmEnd } from '../npm-parent.ts';

/** Where a program is, or undefined. */
export function find(name: string): string | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const running = new Set<ChildProcess>();

/** Starts a program. With a `label` it is one of ours, and what it says is shown; when it ends by itself, so does all. */
export function start(command: string, args: readonly string[], env: Record<string, string> = {}, label = ''): void {
  const stdio = label === '' ? 'ignore' : 'inherit';
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio });
  running.add(child);
  child.once('exit', (code) => {
    running.delete(child);
    if (!stopping) console.error(`${label || command} has ended (${code}).`);
    if (!stopping) void stopAll().then(() => process.exit(3));
  });
}

let stopping: Promise<void> | undefined;

/** Ends everything, what was started last first, by process id. */
export function stopAll(): Promise<void> {
  stopping ??= stopEach([...running].reverse());
  return stopping;
}

async function stopEach(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    // Ctrl-C on a terminal reaches them all by itself.
    if (!running.has(child)) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 12_000);
    await ended;
    clearTimeout(late);
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stopAll());
onNpmEnd(() => void stopAll());

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Resolves once something accepts connections on the port; rejects after half a minute. */
export async function listening(port: number): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      if (Date.now() > end) throw new Error(`nothing listens on port ${port}`);
      await wait(50);
    } finally {
      socket.destroy();
    }
  }
}
