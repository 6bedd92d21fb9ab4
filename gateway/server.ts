import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from 'gatewarden';
import { http } from './http.ts';
import type { Limits } from './limits.ts';
import { inOrder, isAnswering } from './pipeline.ts';
import { rawRefusals, refuseUnparsable } from './raw-refusals.ts';

/** Handlers of the requests that the server accepts. */
export interface Handlers {
  request(req: IncomingMessage, res: ServerResponse): void;
  /** A request with `Expect: 100-continue`: the client waits before it sends the body. */
  expecting(req: IncomingMessage, res: ServerResponse): void;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** An HTTP server that can be drained. */
export interface GatewayServer {
  readonly server: Server;
  /** Rejects with `ListenError` when the address cannot be listened on. */
  listen(host: string, port: number): Promise<AddressInfo>;
  /** True from the moment `drain` is called. */
  readonly draining: () => boolean;
  /** Accepts no new connections, lets running requests finish, and breaks off the rest after `deadline` milliseconds. */
  drain(deadline: number): Promise<void>;
}

/** The address cannot be listened on: it is in use, not of this machine, or not permitted. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/**
 * Only WebSocket upgrades are accepted. Any other `Upgrade`, such as `h2c`, is an offer that a server may ignore (RFC
 * 9110, 7.8).
 */
const asksForWebSocket = (req: IncomingMessage): boolean => req.headers.upgrade?.toLowerCase() === 'websocket';

type Options = Readonly<{ limits: Limits; log: Log }>;

/**
 * Creates the server: `node:http` with limits and strict parsing. The requests of a connection are handled one at a time, and
 * whatever is not a valid request is refused.
 */
export function gatewayServer(handlers: Handlers, { limits, log }: Options): GatewayServer {
  const refuse = rawRefusals(log);
  const server = http.createServer({
    insecureHTTPParser: false,
    requireHostHeader: true,
    maxHeaderSize: limits.maxHeaderSize,
    headersTimeout: limits.headersTimeout,
    // A large upload may take any time. `bodyStall` limits the time without data.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(limits.headersTimeout, 5000),
    keepAliveTimeout: limits.keepAliveTimeout,
    noDelay: true,
    // Behind an answer in progress an upgrade is handled as an ordinary request, and waits for its turn.
    shouldUpgradeCallback: (req) => asksForWebSocket(req) && !isAnswering(req.socket),
  });
  server.maxConnections = limits.maxConnections;
  server.maxHeadersCount = 0;
  const upgraded = new Set<Duplex>();
  let draining = false;

  server.on('request', inOrder(handlers.request));
  server.on('checkContinue', inOrder(handlers.expecting));
  server.on('connect', (_req, socket) => refuse(socket, '405 Method Not Allowed', 'CONNECT'));
  refuseUnparsable(server, refuse);
  server.on('upgrade', function onUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer) {
    socket.on('error', () => socket.destroy());
    // Node versions without `shouldUpgradeCallback` emit this event for every protocol.
    if (!asksForWebSocket(req)) return refuse(socket, '400 Bad Request', 'UPGRADE');
    if (isAnswering(socket)) return void socket.destroy();
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    handlers.upgrade(req, socket, head);
  });

  return {
    server,
    listen: (host, port) => listen(server, host, port),
    draining: () => draining,
    async drain(deadline) {
      draining = true;
      await closed(server, upgraded, deadline);
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ListenError(listenProblem(error, host, port), { cause: error })));
    server.listen({ host, port }, () => resolve(server.address() as AddressInfo));
  });
}

function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  const where = `${host}:${port}`;
  if (error.code === 'EADDRINUSE')
    return `${where} is already in use: stop what listens there, or choose another PORT.`;
  if (error.code === 'EACCES') return `${where} may not be listened on by this user: choose a PORT above 1023.`;
  if (error.code === 'EADDRNOTAVAIL') return `${where} is not an address of this machine: check HOST.`;
  return `${where} cannot be listened on: ${error.code ?? error.message}.`;
}

function closed(server: Server, upgraded: ReadonlySet<Duplex>, deadline: number): Promise<void> {
  return new Promise((resolve) => {
    // Connections become idle one by one as their answers end.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const last = setTimeout(() => {
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
    }, deadline);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(last);
      resolve();
    });
  });
}
