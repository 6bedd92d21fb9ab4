import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Allowed } from '#request';
import type { Exchange } from '../exchange.ts';
import { http } from '../http.ts';
import { InvalidAnswerError } from '../upstreams/upstream-error.ts';
import { Forwarding, queue, rawHeadersOf } from './forward.ts';
import type { RawHeaders } from './header-names.ts';
import type { IdentityHeaders } from './headers-in.ts';
import { textOf } from './headers-out.ts';
import type { Route } from './route.ts';

/** A client's socket after its upgrade request, with the bytes that followed the request. */
export type Upgradable = Readonly<{ socket: Duplex; head: Buffer }>;

/** Creates an ordinary response on the socket of an upgrade request, for any answer but 101. It closes the connection. */
export function answerTo(req: IncomingMessage, socket: Duplex): ServerResponse {
  const res = new http.ServerResponse(req);
  res.shouldKeepAlive = false;
  if (socket instanceof Socket) res.assignSocket(socket);
  res.once('finish', () => {
    if (socket instanceof Socket) {
      res.detachSocket(socket);
      socket.destroySoon();
    }
    // A detached response does not emit `close`, which the access log and the request at the upstream wait for.
    socket.once('close', () => res.emit('close'));
  });
  return res;
}

/** Forwards an upgrade request. On 101 both sockets are joined; any other answer is passed on. */
export function forwardUpgrade(
  route: Route,
  exchange: Exchange,
  decision: Allowed,
  identity: IdentityHeaders,
  client: Upgradable,
): void {
  queue(new Upgrading(route, exchange, decision, identity, client));
}

class Upgrading extends Forwarding {
  readonly #client: Upgradable;

  constructor(route: Route, exchange: Exchange, decision: Allowed, identity: IdentityHeaders, client: Upgradable) {
    super(route, exchange, decision, identity);
    this.#client = client;
  }

  protected override upgrade(): string {
    return 'websocket';
  }

  override onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    upstream: Duplex,
  ): void {
    const { socket } = this.#client;
    upstream.on('error', () => socket.destroy());
    if (status !== 101 || !isWebSocket(headers) || socket.destroyed) {
      upstream.destroy();
      this.onResponseError(controller, new InvalidAnswerError('an upgrade that nobody asked for'));
      return;
    }
    try {
      this.#joined(controller, headers, upstream);
    } catch (error) {
      upstream.destroy();
      this.broke(error);
    }
  }

  #joined(controller: Dispatcher.DispatchController, headers: IncomingHttpHeaders, upstream: Duplex): void {
    const { exchange, route, decision } = this;
    const { socket, head } = this.#client;
    this.target.health.answered();
    const answer = switching(headers, rawHeadersOf(controller), route, decision);
    this.settle();
    exchange.res.statusCode = 101;
    if (socket instanceof Socket) exchange.res.detachSocket(socket);
    socket.write(Buffer.from(answer, 'latin1'));
    upstream.write(head);
    join(exchange, socket, upstream);
    const unwatch = route.watch(
      exchange,
      decision,
      () => socket.destroy(),
      () => true,
    );
    socket.once('close', () => {
      unwatch();
      // A detached response does not emit `close`, which the access log waits for.
      exchange.res.emit('close');
    });
  }
}

const isWebSocket = ({ upgrade }: IncomingHttpHeaders): boolean =>
  upgrade !== undefined && textOf(upgrade).toLowerCase() === 'websocket';

/** The 101 answer. */
function switching(headers: IncomingHttpHeaders, raw: RawHeaders, route: Route, decision: Allowed): string {
  const out = route.answerHead(headers, raw, {
    shared: true,
    cookieNames: route.ownCookies,
    setCookie: decision.clearCookie ? route.clearCookieHeader : undefined,
    trailers: false,
    noLength: true,
    serviceWorkers: false,
    source: decision.source,
  });
  let text = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n';
  for (let at = 0; at + 1 < out.length; at += 2) {
    for (const value of [out[at + 1] ?? ''].flat()) text += `${out[at]}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

/** Joins two sockets: each reads at the other's pace, and they end together. */
function join(exchange: Exchange, client: Duplex, upstream: Duplex): void {
  for (const socket of [client, upstream]) {
    if (!(socket instanceof Socket)) continue;
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
  }
  upstream.on('data', (chunk: Buffer) => {
    exchange.bytes += chunk.length;
  });
  client.pipe(upstream);
  upstream.pipe(client);
  client.once('close', (broken?: boolean) => finish(upstream, broken));
  upstream.once('close', (broken?: boolean) => finish(client, broken));
}

/** After a clean end, pending writes are flushed for a limited time; after an error they are discarded. */
function finish(socket: Duplex, broken: boolean | undefined): void {
  if (broken || !(socket instanceof Socket)) return void socket.destroy();
  socket.setTimeout(5000, () => socket.destroy());
  socket.destroySoon();
}
