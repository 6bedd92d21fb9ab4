import type { HealthReport, TargetHealth } from './health.ts';
import type { Transport } from './transport.ts';
import type { Turns } from './turns.ts';

type Parts = Readonly<{
  /** The URL, as the configuration has it. */
  address: string;
  transport: Transport;
  turns: Turns;
  health: TargetHealth;
  /** Stops the health checks. */
  stopChecks: () => void;
}>;

/** One of the services behind a route: its connections, the requests that it is given, and whether it is healthy. */
export class Target {
  readonly address: string;
  readonly transport: Transport;
  readonly turns: Turns;
  readonly health: TargetHealth;
  /** Requests, event streams and sockets that it was given and that have not ended. */
  pending = 0;
  readonly #stopChecks: () => void;
  #whenIdle: (() => void) | undefined;

  constructor({ address, transport, turns, health, stopChecks }: Parts) {
    this.address = address;
    this.transport = transport;
    this.turns = turns;
    this.health = health;
    this.#stopChecks = stopChecks;
  }

  /** Ends a request that was counted in `pending`. */
  end(): void {
    this.pending -= 1;
    if (this.pending === 0) this.#whenIdle?.();
  }

  /** Whether it may be given another request. After a time of failures it is given one at a time until one succeeds. */
  get isAvailable(): boolean {
    const { health } = this;
    return health.isHealthy || (this.pending === 0 && health.mayBeTried(performance.now()));
  }

  get report(): HealthReport {
    const { address, health, pending } = this;
    const { isHealthy: healthy, problem, lastCheck: checked, lastFailure: failed } = health;
    return { target: address, healthy, problem, pending, checked, failed };
  }

  /** Closes the connections once no request is pending, and then calls `onClosed`. */
  drain(onClosed: () => void): void {
    this.#stopChecks();
    const close = () => void this.close().then(onClosed);
    if (this.pending === 0) close();
    else this.#whenIdle = close;
  }

  /** Closes the connections at once. */
  close(): Promise<void> {
    this.#stopChecks();
    this.#whenIdle = undefined;
    return this.transport.close();
  }
}
