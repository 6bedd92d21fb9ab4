import type { Refusal } from 'gatewarden';
import type { Allowed } from '#request';
import type { Exchange } from '../exchange.ts';
import { failedToConnect } from '../upstreams/connector.ts';
import type { Target } from '../upstreams/target.ts';
import type { Waiting } from '../upstreams/turns.ts';
import { failureCode, isOfUpstream } from '../upstreams/upstream-error.ts';
import type { Route } from './route.ts';

const busy: Refusal = Object.freeze({ code: 'upstream_busy', retryAfter: 5 });

/** The part of a forwarded request that chooses its target and waits for its turn there. */
export abstract class AtTarget implements Waiting {
  readonly route: Route;
  readonly exchange: Exchange;
  readonly decision: Allowed;
  #target: Target;
  /** Targets that could not be connected to. */
  #tried: Set<Target> | undefined;
  #wait: NodeJS.Timeout | undefined;
  #begun = false;
  /** Whether its turn is in progress. */
  #hasTurn = false;

  constructor(route: Route, exchange: Exchange, decision: Allowed) {
    this.route = route;
    this.exchange = exchange;
    this.decision = decision;
    this.#target = route.upstream.choose(this.#key());
    this.#target.pending += 1;
  }

  get address(): string {
    return this.exchange.address;
  }

  get target(): Target {
    return this.#target;
  }

  /** Sends the request. */
  protected abstract send(): void;

  /** Answers instead of the upstream. */
  abstract refuse(refusal: Refusal): void;

  /** Begins, or waits for a turn at the target. */
  join(): void {
    if (this.#target.turns.take(this)) this.#limitWait();
    else this.refuse(busy);
  }

  begin(): void {
    this.#hasTurn = true;
    this.#begun = true;
    clearTimeout(this.#wait);
    this.send();
  }

  /** What a sticky upstream chooses the target by. */
  #key(): string {
    const { route, exchange, decision } = this;
    return route.upstream.sticky ? (decision.principal.sessionId ?? exchange.address) : '';
  }

  #limitWait(): void {
    if (this.#begun) return;
    clearTimeout(this.#wait);
    this.#wait = setTimeout(() => {
      this.#target.turns.leave(this);
      this.refuse(busy);
    }, this.route.limits.upstreamQueueTime).unref();
  }

  /** Gives up the turn, or the place in the queue. */
  protected leave(): void {
    clearTimeout(this.#wait);
    if (this.#hasTurn) this.endTurn();
    else this.#target.turns.leave(this);
  }

  protected endTurn(): void {
    if (!this.#hasTurn) return;
    this.#hasTurn = false;
    this.#target.turns.end(this.address);
  }

  /** Ends the turn of a request that failed, and notes the failure. */
  protected failedAtTarget(error: Error): void {
    this.endTurn();
    if (isOfUpstream(error)) this.#target.health.failed(failureCode(error));
  }

  /** Moves the request to another target when this one could not be connected to: nothing was sent. */
  protected moves(error: Error): boolean {
    if (!failedToConnect(error)) return false;
    this.#tried = (this.#tried ?? new Set()).add(this.#target);
    const other = this.route.upstream.chooseOther(this.#key(), this.#tried);
    if (other === undefined) return false;
    this.#begun = false;
    this.#joinAt(other);
    return true;
  }

  move(): void {
    const other = this.route.upstream.chooseOther(this.#key(), new Set([this.#target]));
    this.#joinAt(other?.isAvailable === true ? other : this.#target);
  }

  #joinAt(target: Target): void {
    this.#target.end();
    this.#target = target;
    target.pending += 1;
    this.join();
  }
}
