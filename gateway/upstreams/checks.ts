import type { Dispatcher } from 'undici';
import type { HealthCheck } from '../config/route-config.ts';
import type { TargetHealth } from './health.ts';
import type { Transport } from './transport.ts';
import { failureCode } from './upstream-error.ts';

type Options = Readonly<{
  transport: Pick<Transport, 'dispatch'>;
  health: TargetHealth;
  check: HealthCheck;
  /** Host and port of the target, for the `Host` header. */
  host: string;
  /** The path to request, below that of the target's URL. */
  path: string;
}>;

/**
 * Requests a path of a target at intervals, the first time at once, and notes what it finds in the target's health. Returns
 * the function that stops it.
 */
export function startChecks({ transport, health, check, host, path }: Options): () => void {
  const { interval, timeout, healthyAfter, unhealthyAfter } = check;
  let passed = 0;
  let failed = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  function note(problem: string | undefined): void {
    passed = problem === undefined ? passed + 1 : 0;
    failed = problem === undefined ? 0 : failed + 1;
    if (problem !== undefined && failed >= unhealthyAfter) health.failedChecks(problem);
    if (passed >= healthyAfter && !health.isHealthy) health.passedChecks();
  }

  async function look(): Promise<void> {
    const startedAt = performance.now();
    const problem = await checked(transport, { host, path, timeout });
    if (stopped) return;
    health.checked(problem, performance.now() - startedAt);
    note(problem);
    timer = setTimeout(look, Math.max(0, startedAt + interval - performance.now())).unref();
  }

  void look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

type Request = Readonly<{ host: string; path: string; timeout: number }>;

/** Sends one check. Resolves to the problem: a status from 400, or the code of a failure; undefined when healthy. */
function checked(
  transport: Pick<Transport, 'dispatch'>,
  { host, path, timeout }: Request,
): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const checking = new Checking(resolve);
  const timer = setTimeout(() => checking.giveUp(), timeout).unref();
  const headers = ['host', host, 'user-agent', 'gatewarden-health', 'accept', '*/*'];
  const limits = { headersTimeout: timeout, bodyTimeout: timeout };
  const request = { path, method: 'GET', headers, body: null, servername: 'upstream', ...limits } as const;
  transport.dispatch(request, checking);
  return promise.finally(() => clearTimeout(timer));
}

const tooLate = new Error('the check took too long');

/** The handler of one check: its answer is read to the end, so that the connection is kept. */
class Checking implements Dispatcher.DispatchHandler {
  readonly #resolve: (problem: string | undefined) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #ended = false;
  #status = 0;

  constructor(resolve: (problem: string | undefined) => void) {
    this.#resolve = resolve;
  }

  giveUp(): void {
    this.#ended = true;
    this.#controller?.abort(tooLate);
    this.#resolve('TIMEOUT');
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#ended) controller.abort(tooLate);
    else this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(): void {}

  onResponseEnd(): void {
    this.#resolve(this.#status < 400 ? undefined : `status ${this.#status}`);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#resolve(failureCode(error));
  }
}
