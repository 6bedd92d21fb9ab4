import { createClient, createCluster, createSentinel, ErrorReply } from 'redis';
import { tlsProblems } from '../../net/tls-problems.ts';
import type { Credentials, Target } from './url.ts';

/** A connection to a server, a cluster, or the master that sentinels name. Reconnects by itself until it is closed. */
export interface Link {
  connect(): Promise<unknown>;
  /** Sends a command to the node that holds the key. Rejects with an error of the driver. */
  send(key: string, args: string[]): Promise<unknown>;
  scan(cursor: string, match: string, count: number): Promise<Readonly<{ cursor: string; keys: readonly string[] }>>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  /**
   * Called when a server takes no writes: makes the connection again, at most once a second, since its name may lead to
   * another server by now. With Sentinel and Cluster the driver looks for the master by itself.
   */
  renew(): void;
  /** The last failure, for people; `undefined` while it is connected. */
  readonly problem: string | undefined;
  close(): void;
}

/**
 * Listener for connection state changes. `up` is true when the link can be used (again). Called whenever another server, or
 * another process of the same one, may answer from now on.
 */
export type StateListener = (up: boolean) => void;

const renewEveryMs = 1_000;

/** A peer that is silent for this long counts as gone; pings make a live one answer. */
const silenceMs = 5_000;
const pingMs = 2_000;
const queued = 10_000;

/** Delay before a reconnect in milliseconds: 50, doubled each time, at most 1,000, with random jitter. */
const backOff = (retries: number): number =>
  Math.min(1_000, 50 * 2 ** Math.min(retries, 6)) * (0.75 + Math.random() / 2);

function settings(target: Target, credentials: Credentials, retry: (retries: number, cause: Error) => number | Error) {
  return {
    ...(credentials.username === undefined ? {} : { username: credentials.username }),
    ...(credentials.password === undefined ? {} : { password: credentials.password }),
    socket: { ...secure(target), connectTimeout: silenceMs, socketTimeout: silenceMs, reconnectStrategy: retry },
    pingInterval: pingMs,
    disableOfflineQueue: true,
    commandsQueueMaxLength: queued,
    maintNotifications: 'disabled' as const,
  };
}

const secure = (target: Target): { tls: true } | object => (target.tls ? { tls: true } : {});

/** Whether a refusal is permanent, so that the start fails without waiting for its deadline. */
const isFinal = (cause: Error): boolean =>
  cause instanceof ErrorReply &&
  /^(WRONGPASS|NOAUTH|NOPERM|ERR (AUTH|invalid DB|DB index|Client sent AUTH))/.test(cause.message);

/** Creates a link; `connect()` opens it. */
export function linkTo(target: Target, onState: StateListener = () => undefined): Link {
  let wasUp = false;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let problem: string | undefined;
  const watch: Watch = {
    get isDown() {
      return problem !== undefined;
    },
    up() {
      wasUp = true;
      problem = undefined;
      onState(true);
    },
    down(error) {
      problem = reasonOf(error);
      onState(false);
    },
    failed(error) {
      if (!wasUp) problem = reasonOf(error);
    },
    retry: (retries, cause) => (!wasUp && isFinal(cause) ? cause : backOff(retries)),
  };
  const driver = drivers[target.kind](target, watch);
  return {
    ...driver,
    async connect() {
      await driver.connect();
      watch.up();
    },
    renew() {
      if (performance.now() - renewedAt < renewEveryMs) return;
      renewedAt = performance.now();
      driver.renew();
    },
    get problem() {
      return problem;
    },
  };
}

type Watch = Readonly<{
  isDown: boolean;
  up(): void;
  down(error: unknown): void;
  /** Something failed that the link may be able to do without. */
  failed(error: unknown): void;
  retry(retries: number, cause: Error): number | Error;
}>;
type Driver = Omit<Link, 'problem'>;

const scanning = (match: string, count: number) => ({ MATCH: match, COUNT: count });

function single(target: Target, watch: Watch): Driver {
  const { socket, ...rest } = settings(target, target.credentials, watch.retry);
  const create = () =>
    createClient({ ...rest, database: target.database, socket: { ...socket, ...target.endpoints[0] } })
      .on('error', watch.down)
      .on('ready', watch.up);
  let client = create();
  const close = () => (client.isOpen ? client.destroy() : undefined);
  return {
    connect: () => client.connect(),
    send: (_key, args) => client.sendCommand(args),
    scan: (cursor, match, count) => client.scan(cursor, scanning(match, count)),
    subscribe: (channel, listener) => client.subscribe(channel, listener),
    renew() {
      if (!client.isReady) return;
      close();
      client = create();
      // Failures are reported by the event, and followed by another attempt.
      client.connect().catch(() => undefined);
    },
    close,
  };
}

function sentinel(target: Target, watch: Watch): Driver {
  const client = createSentinel({
    name: target.master,
    sentinelRootNodes: [...target.endpoints],
    nodeClientOptions: { ...settings(target, target.credentials, watch.retry), database: target.database },
    sentinelClientOptions: settings(target, target.sentinelCredentials, watch.retry),
    passthroughClientErrorEvents: true,
    scanInterval: 2_000,
  });
  client
    .on('error', watch.failed)
    .on('client-error', ({ type, error }: { type: string; error: Error }) => type === 'MASTER' && watch.down(error))
    .on('topology-change', ({ type }: { type: string }) => type === 'MASTER_CHANGE' && watch.down(masterChanged))
    .on('ready', watch.up);
  return {
    connect: () => client.connect(),
    async send(_key, args) {
      const reply = await client.sendCommand(false, args);
      // The driver is silent when it reaches the same master again.
      if (watch.isDown) watch.up();
      return reply;
    },
    scan: (cursor, match, count) => client.scan(cursor, scanning(match, count)),
    subscribe: (channel, listener) => client.subscribe(channel, listener),
    renew: () => undefined,
    close: () => void client.destroy().catch(() => undefined),
  };
}

const masterChanged = new Error('the master has changed');

function cluster(target: Target, watch: Watch): Driver {
  const rest = settings(target, target.credentials, watch.retry);
  const client = createCluster({
    rootNodes: target.endpoints.map((endpoint) => ({ ...rest, socket: { ...rest.socket, ...endpoint } })),
    defaults: rest,
    topologyRefreshOnReconnectionAttemptStrategy: 1_000,
  });
  client.on('error', watch.down).on('node-error', watch.down).on('node-ready', watch.up);
  return {
    connect: () => client.connect(),
    send: (key, args) => client.sendCommand(key, false, args),
    scan: (cursor, match, count) => client.scan(cursor, scanning(match, count)),
    subscribe: (channel, listener) => client.subscribe(channel, listener),
    renew: () => undefined,
    close: () => client.destroy(),
  };
}

const drivers: Readonly<Record<Target['kind'], (target: Target, watch: Watch) => Driver>> = {
  single,
  sentinel,
  cluster,
};

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was broken',
  EPIPE: 'the connection was broken',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the host cannot be reached',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up',
  ...tlsProblems,
};

/** The reason of a failure, without address or password. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return 'the reason is not known';
  const code = 'code' in error ? String(error.code) : '';
  if (reasons[code] !== undefined) return reasons[code];
  if (error instanceof ErrorReply) return refusalOf(error.message);
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return /closed unexpectedly/i.test(error.message) ? 'the connection was broken' : 'it does not answer';
}

/** What a server says that does not take a write; older ones put the word inside of the error of a script. */
const refusals: readonly (readonly [word: RegExp, reason: string])[] = [
  [/^(WRONGPASS|NOAUTH)\b/, 'it does not accept the user or the password'],
  [/^ERR (invalid DB|DB index)/, 'it has no database of that number'],
  [/\bNOPERM\b/, 'the user may not do what is needed'],
  [/\bLOADING\b/, 'it is still loading its data'],
  [/\bREADONLY\b/, 'it is a replica, which takes no writes'],
  [/\bMASTERDOWN\b/, 'it is a replica that has lost its master'],
  [/\bOOM\b/, 'its memory is full'],
  [/\bMISCONF\b/, 'it cannot write to its disk'],
  [/\bNOREPLICAS\b/, 'fewer replicas follow it than min-replicas-to-write'],
  [/\bCLUSTERDOWN\b/, 'the cluster does not serve all of its keys'],
];

/** Of another refusal only the first word: the rest may repeat what was sent. */
function refusalOf(reply: string): string {
  const known = refusals.find(([word]) => word.test(reply));
  return known?.[1] ?? `it refuses with ${reply.split(' ', 1)[0]}`;
}

/** Whether a server answered that it is a replica. */
export const isReplica = (error: unknown): boolean =>
  error instanceof ErrorReply && /\b(READONLY|MASTERDOWN)\b/.test(error.message);
