import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log, Refusal } from 'gatewarden';
import { http } from './http.ts';
import type { Limits } from './limits.ts';
import { type Http2Connections, http2Connections } from './listener/http2-connections.ts';
import type { TlsFiles } from './listener/key-pair.ts';
import { readProxyHeaders } from './listener/proxied-connections.ts';
import { tlsServer } from './listener/tls-server.ts';
import { inOrder, isAnswering } from './pipeline.ts';
import { rawRefusals, refuseUnparsable } from './raw-refusals.ts';

/** Handlers of the requests that the server accepts. */
export interface Handlers {
  request(req: IncomingMessage, res: ServerResponse): void;
  /** A request with `Expect: 100-continue`: the client waits before it sends the body. */
  expecting(req: IncomingMessage, res: ServerResponse): void;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** A request of HTTP/2 that cannot be served as it is. */
  malformed(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void;
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

type Options = Readonly<{
  limits: Limits;
  log: Log;
  /** With these files connections are TLS, and HTTP/2 where the client knows it. They are read again when they change. */
  tls?: TlsFiles | undefined;
  /** CIDRs of the peers that may send a header of the PROXY protocol. Default: none. */
  trustedProxies?: readonly string[] | undefined;
}>;

const serverOptions = (limits: Limits): ServerOptions => ({
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

/**
 * Creates the server: `node:http` with limits and strict parsing, over TLS where there is a certificate, with HTTP/2 beside
 * it. The requests of an HTTP/1 connection are handled one at a time, and whatever is not a valid request is refused.
 * @throws SettingsError when the certificate or its key cannot be used
 */
export function gatewayServer(handlers: Handlers, { limits, log, tls, trustedProxies = [] }: Options): GatewayServer {
  let draining = false;
  const streams = tls && http2Connections(handlers, { limits, log, draining: () => draining });
  const { server, close } = serverFor(tls, streams, { limits, log });
  server.maxConnections = limits.maxConnections;
  server.maxHeadersCount = 0;
  const upgraded = serveHttp1(server, handlers, log);
  // Other connections are handled without a look at their first bytes, which costs nothing where there is no proxy.
  const breakOffNew =
    trustedProxies.length === 0
      ? () => undefined
      : readProxyHeaders(server, { trustedProxies, log, timeout: limits.headersTimeout });

  return {
    server,
    listen: (host, port) => listen(server, host, port),
    draining: () => draining,
    async drain(deadline) {
      draining = true;
      close();
      breakOffNew();
      streams?.drain();
      await closed(server, deadline, () => {
        streams?.destroy();
        for (const socket of upgraded) socket.destroy();
      });
    },
  };
}

function serverFor(
  files: TlsFiles | undefined,
  streams: Http2Connections | undefined,
  { limits, log }: Options,
): Readonly<{ server: Server; close: () => void }> {
  const options = serverOptions(limits);
  if (files === undefined || streams === undefined)
    return { server: http.createServer(options), close: () => undefined };
  return tlsServer({ ...options, handshakeTimeout: limits.headersTimeout }, { files, http2: streams, log });
}

/** Handles the requests of HTTP/1 connections. Returns the sockets that have left HTTP. */
function serveHttp1(server: Server, handlers: Handlers, log: Log): ReadonlySet<Duplex> {
  const refuse = rawRefusals(log);
  const upgraded = new Set<Duplex>();
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
  return upgraded;
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

function closed(server: Server, deadline: number, breakOff: () => void): Promise<void> {
  return new Promise((resolve) => {
    // Connections become idle one by one as their answers end.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const last = setTimeout(() => {
      server.closeAllConnections();
      breakOff();
    }, deadline);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(last);
      resolve();
    });
  });
}
