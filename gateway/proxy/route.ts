import type { Refusal } from 'gatewarden';
import type { Allowed, RoutePolicies } from '#request';
import type { Exchange } from '../exchange.ts';
import type { Limits } from '../limits.ts';
import type { HeadWriter } from './headers-in.ts';
import type { AnswerHeadWriter } from './headers-out.ts';
import type { LongRunning } from './long-running.ts';
import type { Turns } from './turns.ts';
import type { Upstream } from './upstream.ts';

/** What every forwarded request needs, put together once. */
export interface Route {
  readonly policies: RoutePolicies;
  readonly upstream: Upstream;
  readonly turns: Turns;
  readonly longRunning: LongRunning;
  readonly limits: Limits;
  readonly upstreamHead: HeadWriter;
  readonly answerHead: AnswerHeadWriter;
  readonly cookieNames: readonly string[];
  /** The same in lower case. */
  readonly ownCookies: ReadonlySet<string>;
  /** The `Set-Cookie` that drops a dead session cookie. */
  readonly clearCookieHeader: string;
  /** Answers go out with `Connection: close`: the server is on its way out. */
  readonly draining: () => boolean;
  /** Whoever asked is told, and the log too, that the upstream gave no answer. */
  failed(exchange: Exchange, decision: Allowed, error: Error): void;
  /** Whoever asked is told why nothing is passed on to them after all. */
  refused(exchange: Exchange, decision: Allowed, refusal: Refusal): void;
  /** Whoever asked is told, and the log too, that passing the answer on threw: a fault of ours, not of the upstream. */
  broke(exchange: Exchange, error: unknown): void;
  /** Another site's page may not listen with the user's cookie to what the service tells them. */
  mayListen(exchange: Exchange, decision: Allowed): boolean;
  /** See `Gate.watch`. */
  watch(exchange: Exchange, decision: Allowed, onEnd: () => void): () => void;
  /** Nobody is signed in and the path asks nobody to be: caches may do what the upstream says. */
  shared(decision: Allowed): boolean;
  /** Upstreams may widen the scope of their service workers. */
  readonly serviceWorkers: boolean;
}
