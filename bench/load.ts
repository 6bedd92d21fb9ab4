import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** What one run of the load generator measured. */
export interface Measured {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

export interface Load {
  readonly url: string;
  readonly headers: readonly string[];
  readonly seconds: number;
  readonly connections: number;
  /** A script for wrk that makes the requests, in Lua. */
  readonly script?: string;
  /** Over HTTP/2, as many requests at once on a few connections. Default: false. */
  readonly http2?: boolean;
}

/** Runs the load generator on core 1. Throws when an answer was no success: a fast refusal is no result. */
export async function load({ script, http2 = false, ...what }: Load): Promise<Measured> {
  if (http2) return overHttp2(what);
  if (script === undefined) return run(what, []);
  const folder = await mkdtemp(join(tmpdir(), 'gatewarden-bench-'));
  try {
    const file = join(folder, 'requests.lua');
    await writeFile(file, script);
    return await run(what, ['-s', file]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Request = Omit<Load, 'script' | 'http2'>;

async function overHttp2(what: Request): Promise<Measured> {
  const script = fileURLToPath(new URL('./load-http2.ts', import.meta.url));
  const said = await output('taskset', ['-c', '1', process.execPath, script, JSON.stringify(what)]);
  const { failure, ...measured } = JSON.parse(said) as Measured & { failure?: string };
  if (failure !== undefined) throw new Error(`${what.url}: ${failure}`);
  return measured;
}

async function run({ url, headers, seconds, connections }: Request, more: readonly string[]): Promise<Measured> {
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--latency',
    '--timeout',
    '20s',
    ...headers.flatMap((one) => ['-H', one]),
    ...more,
    url,
  ];
  const said = await output('taskset', ['-c', '1', 'wrk', ...args]);
  const failed = /Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)/.exec(said);
  if (failed) throw new Error(`${url}: ${failed[0]}`);
  return {
    perSecond: number(said, /Requests\/sec:\s+([\d.]+)/),
    p50: duration(said, '50%'),
    p99: duration(said, '99%'),
  };
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return said;
}

function number(said: string, pattern: RegExp): number {
  const found = pattern.exec(said)?.[1];
  if (found === undefined) throw new Error(`wrk did not say ${pattern}:\n${said}`);
  return Number(found);
}

function duration(said: string, percentile: string): number {
  const unit = new RegExp(`${percentile}\\s+[\\d.]+(us|ms|s)`).exec(said)?.[1] ?? 'ms';
  return number(said, new RegExp(`${percentile}\\s+([\\d.]+)`)) * ({ us: 0.001, ms: 1, s: 1000 }[unit] ?? 1);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
