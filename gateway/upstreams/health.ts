import type { Log } from 'gatewarden';
import type { TargetReport } from '#request';

/** The health of one target, to be read. */
export type HealthReport = Omit<TargetReport, 'connected'>;

/** Requests that fail in a row until a target gets no more of them. */
const mostFailures = 3;

/** How long it gets none the first time, in milliseconds. Each time in a row doubles it, up to the longest. */
const firstRest = 5000;
const longestRest = 60_000;

type Options = Readonly<{
  target: string;
  log: Log;
  /** Called each time that the target becomes unhealthy. */
  onUnhealthy?: () => void;
  /** Default: `performance.now`. */
  clock?: () => number;
}>;

/**
 * Whether a target is healthy, by how requests to it end (no connection, no answer in time, no valid HTTP; whatever status the
 * service answers with is an answer) and by its checks, where it has any.
 */
export class TargetHealth {
  /** Read for each request; true until the target has failed. */
  isHealthy = true;
  #problem: string | undefined;
  #failures = 0;
  #rests = 0;
  #restsUntil = Number.NEGATIVE_INFINITY;
  #failsChecks = false;
  #checked: HealthReport['checked'];
  #failed: HealthReport['failed'];
  readonly #target: string;
  readonly #log: Log;
  readonly #onUnhealthy: () => void;
  readonly #clock: () => number;

  constructor({ target, log, onUnhealthy = () => undefined, clock = () => performance.now() }: Options) {
    this.#target = target;
    this.#log = log;
    this.#onUnhealthy = onUnhealthy;
    this.#clock = clock;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  get lastCheck(): HealthReport['checked'] {
    return this.#checked;
  }

  get lastFailure(): HealthReport['failed'] {
    return this.#failed;
  }

  /** Whether an unhealthy target may be given a request, to see whether it is healthy again. */
  mayBeTried(now: number): boolean {
    return !this.#failsChecks && now >= this.#restsUntil;
  }

  /** The target answered a request. */
  answered(): void {
    if (this.#failures === 0) return;
    this.#forget();
    if (!this.#failsChecks) this.#recovered();
  }

  /** A request to the target failed. */
  failed(problem: string): void {
    this.#failures += 1;
    this.#failed = { at: Date.now(), problem };
    const now = this.#clock();
    // What was running when the rest began says nothing new.
    if (this.#failures < mostFailures || now < this.#restsUntil) return;
    this.#restsUntil = now + Math.min(firstRest * 2 ** this.#rests, longestRest);
    this.#rests += 1;
    this.#broke(problem);
  }

  /** A check has ended, after `took` milliseconds. */
  checked(problem: string | undefined, took: number): void {
    const at = Date.now();
    this.#checked = { at, took, problem };
    if (problem !== undefined) this.#failed = { at, problem };
  }

  /** The checks have found the target unhealthy. */
  failedChecks(problem: string): void {
    this.#failsChecks = true;
    this.#broke(problem);
  }

  /** The checks have found the target healthy: it need not wait for the end of a rest. */
  passedChecks(): void {
    this.#failsChecks = false;
    this.#forget();
    this.#recovered();
  }

  #forget(): void {
    this.#failures = 0;
    this.#rests = 0;
    this.#restsUntil = Number.NEGATIVE_INFINITY;
  }

  #broke(problem: string): void {
    this.#problem = problem;
    if (!this.isHealthy) return;
    this.isHealthy = false;
    this.#log.warn({ target: this.#target, cause: problem }, 'a target is unhealthy');
    this.#onUnhealthy();
  }

  #recovered(): void {
    if (this.isHealthy) return;
    this.isHealthy = true;
    this.#problem = undefined;
    this.#log.info({ target: this.#target }, 'a target is healthy again');
  }
}
