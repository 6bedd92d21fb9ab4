/**
 * Limits of times and sizes at the gateway. Times are in milliseconds, sizes in bytes. They are not settings: the defaults are
 * those of common proxies, and tests shorten them.
 */
export interface Limits {
  /** Time for a client to send the request line and headers. Default: 30 s. */
  readonly headersTimeout: number;
  /** Time after which an idle connection is closed. Default: 60 s, longer than load balancers in front keep theirs. */
  readonly keepAliveTimeout: number;
  /** Request line and headers together; more is 431. Default 32 KiB. */
  readonly maxHeaderSize: number;
  /** Simultaneous connections; further ones are closed. Default: 20,000. */
  readonly maxConnections: number;
  /** Time without a byte of a request's body after which the connection is closed. Default: 60 s. */
  readonly bodyStall: number;
  /** How long the rest of a body is read and discarded after the answer. Default: 10 s. */
  readonly discard: number;
  /** Time to connect to the upstream, else 504. Default: 10 s. */
  readonly upstreamConnect: number;
  /**
   * Time from a request's last byte to the final head of the answer, else 504; also the time without a byte of the answer
   * after which it is broken off. 0: no limit. Event streams and WebSockets have none. Default: 5 minutes.
   */
  readonly upstreamTimeout: number;
  /**
   * Simultaneous requests to the upstream, of which one address gets a quarter. Event streams and WebSockets do not
   * count. Default: 512.
   */
  readonly upstreamRequests: number;
  /** Queued requests, of which one address gets a quarter. Further ones get 503. Default: 512. */
  readonly upstreamQueue: number;
  /** Longest time in the queue, then 503. Default: 30 s. */
  readonly upstreamQueueTime: number;
  /** Time for running requests to finish after the signal to stop; then they are broken off. Default: 10 s. */
  readonly drain: number;
}

export const defaultLimits: Limits = Object.freeze({
  headersTimeout: 30_000,
  keepAliveTimeout: 60_000,
  maxHeaderSize: 32 * 1024,
  maxConnections: 20_000,
  bodyStall: 60_000,
  discard: 10_000,
  upstreamConnect: 10_000,
  upstreamTimeout: 300_000,
  upstreamRequests: 512,
  upstreamQueue: 512,
  upstreamQueueTime: 30_000,
  drain: 10_000,
});
