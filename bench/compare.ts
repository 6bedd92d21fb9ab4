import { load, type Measured, median } from './load.ts';
import { processorTime } from './process.ts';
import { printTable } from './table.ts';

/** A server that is up: what the load generator asks of it, as somebody who is signed in. */
export interface Contender {
  readonly name: string;
  readonly url: string;
  /** Default: `/`. */
  readonly path?: string;
  /** A script for wrk that makes the request. Default: a GET. */
  readonly script?: string;
  readonly headers: readonly string[];
  /** The load comes over HTTP/2, of which wrk knows nothing. Default: false. */
  readonly http2?: boolean;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly starts: number;
}

export const fullEffort: Effort = { rounds: 5, seconds: 5, connections: 32, starts: 5 };
export const smokeEffort: Effort = { rounds: 1, seconds: 1, connections: 8, starts: 1 };

/** Loads every contender in turn, round by round, and prints how many requests each answered. */
export async function compare(title: string, contenders: readonly Contender[], effort: Effort): Promise<void> {
  const { seconds, connections } = effort;
  // Figures of the smoke mode mean nothing, so nobody has to be warm for them.
  const warmUps = effort.rounds > 1 ? contenders : [];
  for (const contender of warmUps) await load({ ...loadOf(contender), seconds: Math.min(seconds, 2), connections });
  printThroughput(title, await measure(contenders, effort));
}

const loadOf = ({ url, path = '/', headers, script, http2 = false }: Contender) => ({
  url: `${url}${path}`,
  headers,
  http2,
  ...(script !== undefined && { script }),
});

type Run = Measured & Readonly<{ /** Of the server's own process, in microseconds a request. */ cpu: number }>;
type Results = ReadonlyMap<string, readonly Run[]>;

/** Interleaved: whatever else the machine does in a round, it does to everybody. */
async function measure(contenders: readonly Contender[], { rounds, seconds, connections }: Effort): Promise<Results> {
  const results = new Map<string, Run[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const { name, pid } = contender;
      const before = processorTime(pid);
      const measured = await load({ ...loadOf(contender), seconds, connections });
      const cpu = ((processorTime(pid) - before) * 1000) / (measured.perSecond * seconds);
      results.get(name)?.push({ ...measured, cpu });
    }
  }
  return results;
}

function printThroughput(title: string, results: Results): void {
  const rates = [...results].map(([name, runs]) => ({ name, runs, rate: median(runs.map((run) => run.perSecond)) }));
  const ours = rates.find(({ name }) => name.startsWith('gatewarden'))?.rate ?? Number.NaN;
  const rows = rates.map(({ name, runs, rate }) => [
    name,
    Math.round(rate).toLocaleString('en'),
    median(runs.map((run) => run.p50)).toFixed(2),
    median(runs.map((run) => run.p99)).toFixed(2),
    median(runs.map((run) => run.cpu)).toFixed(0),
    (ours / rate).toFixed(2),
  ]);
  printTable(title, ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'gatewarden ÷ this'], rows);
}
