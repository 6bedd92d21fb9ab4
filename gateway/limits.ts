/**
 * How long and how large things may get at the gateway. All times are milliseconds, all sizes bytes. They are no settings:
 * each stands where common proxies have it, and tests shorten them.
 */
export interface Limits {
  /** A client's request line and headers must be here by then. Default 30 s. */
  readonly headersTimeout: number;
  /** A kept connection without a request is closed. Default 60 s: longer than load balancers in front keep theirs idle. */
  readonly keepAliveTimeout: number;
  /** Request line and headers together; more is 431. Default 32 KiB. */
  readonly maxHeaderSize: number;
  /** Connections at once; further ones are closed at once. Default 20,000. */
  readonly maxConnections: number;
  /** A request's body of which nothing arrives for so long ends the connection. Default 60 s. */
  readonly bodyStall: number;
  /** How long the rest of a body is read and thrown away once the answer is out. Default 10 s. */
  readonly discard: number;
  /** The upstream must accept the connection by then, else 504. Default 10 s. */
  readonly upstreamConnect: number;
  /**
   * From a request's last byte to the final head of the answer, else 504; and for silence within the answer, which is then
   * broken off. 0: no limit. Never for event streams and WebSockets. Default 5 minutes.
   */
  readonly upstreamTimeout: number;
  /** Requests to the upstream at once; one address gets a quarter of them. Event streams and WebSockets do not count. Default 512. */
  readonly upstreamRequests: number;
  /** Requests that wait for their turn; one address gets a quarter of the places. Beyond it, 503. Default 512. */
  readonly upstreamQueue: number;
  /** How long one waits for a turn; then 503. Default 30 s. */
  readonly upstreamQueueTime: number;
  /** What is still running this long after the signal to stop is broken off. Default 10 s. */
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
