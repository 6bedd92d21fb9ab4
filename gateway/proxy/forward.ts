import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Allowed, RoutePolicies } from '#request';
import type { Exchange } from '../exchange.ts';
import type { Limits } from '../limits.ts';
import type { RawHeaders } from './header-names.ts';
import type { HeadWriter, IdentityHeaders } from './headers-in.ts';
import { type AnswerHeadWriter, textOf } from './headers-out.ts';
import { hasBody, requestBody } from './request-body.ts';
import { InvalidAnswerError } from './upstream-error.ts';

/** What every forwarded request needs, put together once. */
export interface Route {
  readonly policies: RoutePolicies;
  readonly upstream: Dispatcher;
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
  /** Whoever asked is told, and the log too, that passing the answer on threw: a fault of ours, not of the upstream. */
  broke(exchange: Exchange, error: unknown): void;
  /** See `Gate.watch`. */
  watch(exchange: Exchange, decision: Allowed, onEnd: () => void): () => void;
  /** Nobody is signed in and the path asks nobody to be: caches may do what the upstream says. */
  shared(decision: Allowed): boolean;
  /** Upstreams may widen the scope of their service workers. */
  readonly serviceWorkers: boolean;
}

/** Bodies up to this are small: they come in one piece and leave in one. */
const inOneGo = 16 * 1024;

const clientGone = new Error('the client went away');
const passingBroke = new Error('the answer could not be passed on');
const notAllowedAnyMore = new Error('the request is not allowed any more');

/** Sends a request that was allowed to the upstream and streams the answer back. */
export function forward(route: Route, exchange: Exchange, decision: Allowed, identity: IdentityHeaders): void {
  dispatch(route, new Forwarding(route, exchange, decision), identity);
}

/** As `forward`, with the handler given: it gets whatever the upstream answers. `upgrade` is the protocol asked for. */
export function dispatch(route: Route, handler: Forwarding, identity: IdentityHeaders, upgrade?: string): void {
  const { exchange, decision } = handler;
  const { req } = exchange;
  const { source, passAuthorization } = decision;
  const head = route.upstreamHead(req, { source, identity, passAuthorization, cookieNames: route.cookieNames });
  exchange.requestId = head.requestId;
  const { limits } = route;
  route.upstream.dispatch(
    {
      path: req.url ?? '/',
      method: req.method ?? 'GET',
      headers: head.headers,
      body: hasBody(req) ? requestBody(req, { stall: limits.bodyStall, discard: limits.discard }) : null,
      upgrade: upgrade ?? null,
      headersTimeout: limits.upstreamHeaders,
      bodyTimeout: head.wantsEvents ? 0 : limits.upstreamIdle,
    },
    handler,
  );
}

/**
 * What undici tells of one request, passed on to the client at the client's pace. A class because that is what undici takes:
 * methods on a prototype cost a request nothing.
 */
export class Forwarding implements Dispatcher.DispatchHandler {
  readonly exchange: Exchange;
  readonly decision: Allowed;
  readonly route: Route;
  #controller: Dispatcher.DispatchController | undefined;
  #unwatch: (() => void) | undefined;
  /** The client went, or may not go on: nothing more is passed on. */
  #ended: Error | undefined;
  #paused = false;
  #flushed = false;
  /** What `Content-Length` promised; -1 without one. */
  #length = -1;

  constructor(route: Route, exchange: Exchange, decision: Allowed) {
    this.route = route;
    this.exchange = exchange;
    this.decision = decision;
    exchange.res.on('close', () => this.#closed());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#ended) controller.abort(this.#ended);
    else this.#controller = controller;
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    _status: number,
    _headers: IncomingHttpHeaders,
    socket: Duplex,
  ): void {
    socket.destroy();
    controller.abort(new InvalidAnswerError('an upgrade that nobody asked for'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    message?: string,
  ): void {
    // Interim answers are between the upstream and us (RFC 9110, 15.2).
    if (status < 200) return;
    try {
      this.#start(controller, status, headers, message);
    } catch (error) {
      this.broke(error);
    }
  }

  #start(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    message: string | undefined,
  ): void {
    const encoding = headers['transfer-encoding'];
    if (encoding !== undefined && textOf(encoding).toLowerCase() !== 'chunked') {
      controller.abort(new InvalidAnswerError('a transfer encoding that is not understood'));
      return;
    }
    this.#answer(status, headers, rawHeadersOf(controller), message);
    const length = headers['content-length'];
    if (length !== undefined && encoding === undefined) this.#length = Number(length);
    // A short body of known length comes with its headers, or right behind them.
    if (this.#length < 0 || this.#length > inOneGo) process.nextTick(afterFirstTick, this);
  }

  #answer(status: number, headers: IncomingHttpHeaders, raw: RawHeaders, message: string | undefined): void {
    const { exchange, route, decision } = this;
    const { req, res } = exchange;
    const out = route.answerHead(headers, raw, {
      shared: route.shared(decision),
      cookieNames: route.ownCookies,
      setCookie: decision.clearCookie ? route.clearCookieHeader : undefined,
      trailers: headers['transfer-encoding'] !== undefined && mayHaveTrailers(req.method, req.httpVersion, status),
      noLength: status === 204,
      serviceWorkers: route.serviceWorkers,
    });
    if (route.draining()) res.shouldKeepAlive = false;
    if (message !== undefined && message !== '' && sendable(message)) res.writeHead(status, message, out);
    else res.writeHead(status, out);
  }

  /** Once the chunk is handled that brought the headers: what has no body yet must not wait for one. */
  afterFirstTick(): void {
    const { res } = this.exchange;
    if (res.writableEnded || res.destroyed) return;
    if (!this.#flushed) res.flushHeaders();
    if (this.#length < 0) this.#unwatch = this.route.watch(this.exchange, this.decision, () => this.#revoked());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    try {
      this.#pass(controller, chunk);
    } catch (error) {
      this.broke(error);
    }
  }

  #pass(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { exchange } = this;
    const { res } = exchange;
    exchange.bytes += chunk.length;
    if (chunk.length === this.#length && chunk.length <= inOneGo) {
      // As Latin-1, byte for byte, Node writes headers and body in one piece: a fifth of the cost of a small answer.
      res.end(chunk.toString('latin1'), 'latin1');
      return;
    }
    this.#flushed = true;
    if (res.write(chunk) || this.#paused) return;
    this.#paused = true;
    controller.pause();
    res.once('drain', () => {
      this.#paused = false;
      controller.resume();
    });
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    const { res } = this.exchange;
    if (res.writableEnded) return;
    try {
      for (const name in trailers) passTrailer(this.exchange, name, trailers[name]);
      res.end();
    } catch (error) {
      this.broke(error);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const { res } = this.exchange;
    if (this.#ended || res.destroyed) return;
    // A clean end would say that this was all: the connection is broken off instead.
    if (res.headersSent) res.destroy();
    else this.route.failed(this.exchange, this.decision, error);
  }

  /** An exception of ours while an answer is passed on. */
  protected broke(error: unknown): void {
    this.#abort(passingBroke);
    this.route.broke(this.exchange, error);
  }

  #closed(): void {
    this.#unwatch?.();
    if (!this.exchange.res.writableFinished) this.#abort(clientGone);
  }

  #revoked(): void {
    this.#abort(notAllowedAnyMore);
    this.exchange.res.destroy();
  }

  #abort(reason: Error): void {
    this.#ended = reason;
    this.#controller?.abort(reason);
  }
}

/** The header lines as they came. undici has them as bytes. */
export const rawHeadersOf = ({ rawHeaders }: Dispatcher.DispatchController): RawHeaders =>
  Array.isArray(rawHeaders) ? rawHeaders : [];

function afterFirstTick(forwarding: Forwarding): void {
  forwarding.afterFirstTick();
}

// Node throws on a reason phrase with anything else in it.
const sendable = (message: string): boolean => message === 'OK' || /^[\t\x20-\x7e]*$/.test(message);

const mayHaveTrailers = (method: string | undefined, version: string, status: number): boolean =>
  version === '1.1' && method !== 'HEAD' && status !== 204 && status !== 304;

// RFC 9110, 6.5.1: nothing in a trailer may change how the message is framed, routed or authenticated.
const notInTrailers =
  /^(set-cookie|content-(length|encoding|type|range)|transfer-encoding|connection|host|trailer|te|cache-control|vary|www-authenticate|location|age|expires|date)$/;

function passTrailer({ res }: Exchange, name: string, value: string | string[] | undefined): void {
  if (value === undefined || notInTrailers.test(name)) return;
  res.addTrailers([[name, textOf(value)]]);
}
