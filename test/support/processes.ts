import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A process that a test started, with all that it has printed so far. */
export interface Started {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with what `pattern` found in stdout and stderr together; rejects when the process ends or `ms` pass first. */
  printed(pattern: RegExp, ms?: number): Promise<RegExpExecArray>;
  /** Ends it by its process id and resolves with its exit code, null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>;
}

/**
 * Starts a program. It is killed with the test process at the latest, and does not keep it alive: a test that fails
 * before it stops what it started ends all the same.
 */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): Started {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const heard = { stdout: '', stderr: '' };
  running.add(child);
  hold(child, false);
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (more: string) => {
      heard[stream] += more;
      child.emit('heard');
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
    child.once('error', (error) => {
      heard.stderr += `${error.message}\n`;
      resolve(null);
    });
  }).finally(() => running.delete(child));
  const all = () => heard.stdout + heard.stderr;

  function printed(pattern: RegExp, ms = 20_000): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    const look = () => {
      const found = pattern.exec(all());
      if (found) resolve(found);
    };
    const fail = (why: string) => reject(new Error(`${command} ${why} before it printed ${pattern}:\n${all()}`));
    const timer = setTimeout(() => fail('ran out of time'), ms);
    child.on('heard', look);
    void ended.then((code) => fail(`ended with ${code}`));
    look();
    return promise.finally(() => {
      clearTimeout(timer);
      child.off('heard', look);
    });
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    hold(child, true);
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  }

  return {
    pid: child.pid ?? -1,
    get stdout() {
      return heard.stdout;
    },
    get stderr() {
      return heard.stderr;
    },
    printed,
    stop,
    get ended() {
      hold(child, true);
      return ended;
    },
  };
}

/** Whether a child, and the pipes to it, keep this process alive. */
function hold(child: ChildProcess, held: boolean): void {
  for (const one of [child, child.stdout, child.stderr]) {
    if (one === null || !('ref' in one) || !('unref' in one)) continue;
    const change: unknown = held ? one.ref : one.unref;
    if (typeof change === 'function') change.call(one);
  }
}

/** Runs a program to its end, with `input` on its stdin. */
export async function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { input?: string } = {},
): Promise<Readonly<{ code: number | null; stdout: string; stderr: string }>> {
  const { input = '', ...rest } = options;
  const child = spawn(command, args, { ...rest, stdio: 'pipe' });
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  child.stdin.on('error', () => undefined).end(input);
  const [code] = await once(child, 'close');
  const [stdout, stderr] = await said;
  return { code: typeof code === 'number' ? code : null, stdout, stderr };
}
