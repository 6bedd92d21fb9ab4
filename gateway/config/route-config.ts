import type { RoutePolicies } from '#request';
import type { RuleTest } from './rule-tests.ts';

/** One route of the configuration file, checked, with every default applied. Times are in milliseconds, sizes in bytes. */
export type RouteConfig = Readonly<{
  /** Host and path, as `wiki.example.com` or `wiki.example.com/docs`; unique. */
  name: string;
  /** Line of the route in the file, 1-based, for messages. */
  line: number;
  /** Lower case, without port: a name, or `*.example.com` for every name below it. */
  host: string;
  /** The path that the route serves, with all below it: '' for the whole host, else with a slash at its beginning and none at its end. */
  path: string;
  upstream: UpstreamConfig;
  /** What requests are decided by. */
  policies: RoutePolicies;
  request: RequestConfig;
  answer: AnswerConfig;
  limits: RouteLimits;
  /** The tests of its rules. */
  tests: readonly RuleTest[];
  /**
   * A hash of everything that the file says of the route, with the contents of the PEM files that it names: two routes with the
   * same fingerprint do the same while the settings are the same.
   */
  fingerprint: string;
}>;

/** The services behind a route and how one is chosen. */
export type UpstreamConfig = Readonly<{
  /** `http://`, `https://`, `h2://` (HTTP/2 without TLS, for gRPC), `h2s://` (HTTP/2 with TLS), Unix sockets as in `UPSTREAM`. At least one. */
  targets: readonly string[];
  /** `session`: requests of one session, or else of one address, go to one target while it is healthy. */
  sticky: 'none' | 'session';
  /** Absent: targets are only judged by how requests to them end. */
  health: HealthCheck | undefined;
  tls: UpstreamTls;
}>;

export type HealthCheck = Readonly<{
  /** Path below the target's URL; an answer below 400 is healthy. */
  path: string;
  /** Default: 5 s. */
  interval: number;
  /** Default: 2 s. */
  timeout: number;
  /** Answers in a row after which a target is healthy again. Default: 1. */
  healthyAfter: number;
  /** Failures in a row after which it gets no more requests. Default: 2. */
  unhealthyAfter: number;
}>;

/** TLS to an upstream. Paths of PEM files are resolved against the folder of the configuration file. */
export type UpstreamTls = Readonly<{
  /** Authorities to trust besides the system's; default `UPSTREAM_CA`. */
  ca: string | undefined;
  /** The client certificate and its key. */
  cert: string | undefined;
  key: string | undefined;
  /** The name that the certificate must have; default: the host of the target. */
  serverName: string | undefined;
  /** False only where the file says `verify: false` for targets that it names. */
  verify: boolean;
}>;

/** Changes of a request on its way to the upstream. */
export type RequestConfig = Readonly<{
  /** Headers to set, in place of those of the client. */
  set: readonly (readonly [name: string, value: string])[];
  /** Names of headers to remove (`headers.remove` and `strip`). */
  remove: readonly string[];
  /** Names of headers that Gatewarden removes otherwise, passed on when a trusted peer sends them. */
  keep: readonly string[];
  /** Removed from the beginning of the path before it is sent on; '' removes nothing. `path` begins with it. */
  stripPrefix: string;
  /** Put in front of the path, after `stripPrefix`; '' adds nothing. */
  addPrefix: string;
}>;

/** Changes of an answer. */
export type AnswerConfig = Readonly<{
  set: readonly (readonly [name: string, value: string])[];
  remove: readonly string[];
}>;

export type RouteLimits = Readonly<{
  /** In place of `UPSTREAM_TIMEOUT`. 0: none. */
  upstreamTimeout: number | undefined;
  /** The longest body of a request; more is 413. Absent: no limit. */
  body: number | undefined;
  /** The largest request line and headers together, up to the 32 KiB of every request; more is 431. Absent: those. */
  headers: number | undefined;
  /** Simultaneous requests to each target; default 512. */
  requests: number | undefined;
}>;

/** The whole file. */
export type GatewayConfig = Readonly<{
  /** The path of the file. */
  file: string;
  /** A hash of its text. */
  digest: string;
  routes: readonly RouteConfig[];
  /**
   * Where people sign in: on the host of the service (`each-host`), or at `PUBLIC_URL` alone, which hands the sign-in over to the
   * other hosts (`public-url`).
   */
  signIn: 'each-host' | 'public-url';
  /** Sentences that deserve attention, such as routes that no request can reach. */
  warnings: readonly string[];
}>;
