/** How a service behind the gateway is, and how long it takes. Times are milliseconds, or milliseconds since the epoch. */
export type TargetReport = Readonly<{
  /** Its URL, without a user or password. */
  target: string;
  healthy: boolean;
  /** The code of the failure that made it unhealthy; undefined while healthy. */
  problem: string | undefined;
  /** Requests, event streams and sockets that it was given and that have not ended. */
  pending: number;
  /** Its last health check; undefined where it has none. */
  checked: Readonly<{ at: number; took: number; problem: string | undefined }> | undefined;
  /** The last request or check that failed; undefined when none has. */
  failed: Readonly<{ at: number; problem: string }> | undefined;
  /** How long a connection to it took just now, or why there was none. */
  connected: Readonly<{ took: number }> | Readonly<{ problem: string }>;
}>;

/** A route of the gateway, by its name, with the targets behind it. */
export type UpstreamReport = Readonly<{ route: string; targets: readonly TargetReport[] }>;
