import type { IncomingMessage } from 'node:http';
import type { Refusal } from 'gatewarden';
import type { Allowed, RoutePolicies } from '#request';
import type { Exchange } from '../exchange.ts';
import type { Limits } from '../limits.ts';
import type { Upstream } from '../upstreams/upstream.ts';
import type { HeadWriter } from './headers-in.ts';
import type { AnswerHeadWriter } from './headers-out.ts';
import type { LongRunning } from './long-running.ts';

/** What the forwarded requests of a route share. */
export interface Route {
  readonly policies: RoutePolicies;
  readonly upstream: Upstream;
  readonly longRunning: LongRunning;
  readonly limits: Limits;
  /** The most bytes of a request's body; undefined: no limit. */
  readonly mostBody: number | undefined;
  /** The request target as the upstream receives it, for one that `problem` does not refuse. */
  target(received: string): string;
  /** Why an allowed request is not passed on. Absent where the route has no limits of its own and does not change paths. */
  readonly problem: ((req: IncomingMessage) => Refusal | undefined) | undefined;
  /** Whether a request with these marks has passed through the route before. */
  isLoop(marks: string | readonly string[]): boolean;
  readonly upstreamHead: HeadWriter;
  readonly answerHead: AnswerHeadWriter;
  readonly cookieNames: readonly string[];
  /** The same in lower case. */
  readonly ownCookies: ReadonlySet<string>;
  /** The `Set-Cookie` value that clears a dead session cookie. */
  readonly clearCookieHeader: string;
  /** Whether the server is stopping: answers are sent with `Connection: close`. */
  readonly draining: () => boolean;
  /** Answers and logs that the upstream gave no answer. */
  failed(exchange: Exchange, decision: Allowed, error: Error): void;
  /** Answers a request that was allowed but is not passed on. */
  refused(exchange: Exchange, decision: Allowed, refusal: Refusal): void;
  /** Answers and logs an exception of the gateway itself while it passed an answer on. */
  broke(exchange: Exchange, error: unknown): void;
  /** Whether the client may receive an event stream: not a page of another site with the user's cookie. */
  mayListen(exchange: Exchange, decision: Allowed): boolean;
  /**
   * See `Gate.watch`. Where the route is removed, requests are served to their end, sockets and event streams are not: `isEndless`
   * tells which it is.
   */
  watch(exchange: Exchange, decision: Allowed, onEnd: () => void, isEndless: () => boolean): () => void;
  /** Whether shared caches may store the answer: the request is anonymous and its rule is public. */
  shared(decision: Allowed): boolean;
  /** Whether the upstream may widen the scope of its service workers. */
  readonly serviceWorkers: boolean;
}
