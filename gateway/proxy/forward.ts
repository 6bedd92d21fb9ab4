import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { Refusal } from 'gatewarden';
import type { Dispatcher } from 'undici';
import type { Allowed } from '#request';
import type { Exchange } from '../exchange.ts';
import { failedWhileKept } from '../upstreams/connector.ts';
import { ClientGoneError, InvalidAnswerError } from '../upstreams/upstream-error.ts';
import { AtTarget } from './at-target.ts';
import type { RawHeaders } from './header-names.ts';
import type { IdentityHeaders } from './headers-in.ts';
import { textOf } from './headers-out.ts';
import type { Running } from './long-running.ts';
import { hasBody, requestBody } from './request-body.ts';
import type { Route } from './route.ts';
import { mayHaveTrailers, passTrailers } from './trailers.ts';

/** Bodies up to this many bytes are sent in one piece. */
const inOneGo = 16 * 1024;

const clientGone = new ClientGoneError('the client went away');
const passingBroke = new Error('the answer could not be passed on');
const notAllowed = new Error('the request is not allowed any more');
const tooSilent = new Error('the upstream fell silent');

const tooLarge: Refusal = Object.freeze({ code: 'payload_too_large' });
const fromElsewhere: Refusal = Object.freeze({
  code: 'csrf_rejected',
  detail: 'Another site’s page may not listen to this stream.',
});

/** Sends an allowed request to the upstream as soon as its turn comes, and streams the answer back. */
export function forward(route: Route, exchange: Exchange, decision: Allowed, identity: IdentityHeaders): void {
  queue(new Forwarding(route, exchange, decision, identity));
}

/** As `forward`, with a given handler for the answer. */
export function queue(handler: Forwarding): void {
  handler.route.longRunning.add(handler);
  handler.join();
}

/**
 * The undici handler of one request: passes the answer on at the client's pace. It is a class so that its methods are on the
 * prototype and cost a request nothing.
 */
export class Forwarding extends AtTarget implements Dispatcher.DispatchHandler, Running {
  place = -1;
  readonly #identity: IdentityHeaders;
  #body: Readable | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #unwatch: (() => void) | undefined;
  #silence: NodeJS.Timeout | undefined;
  /** The client has disconnected or is no longer allowed: nothing more is passed on. */
  #ended: Error | undefined;
  #long = false;
  #events = false;
  #heard = false;
  #repeated = false;
  #paused = false;
  #flushed = false;
  /** The value of `Content-Length`; -1 without one. */
  #length = -1;

  constructor(route: Route, exchange: Exchange, decision: Allowed, identity: IdentityHeaders) {
    super(route, exchange, decision);
    this.#identity = identity;
    exchange.res.on('close', () => this.#closed());
  }

  get startedAt(): number {
    return this.exchange.startedAt;
  }

  protected override send(): void {
    this.target.transport.dispatch(this.#request(), this);
  }

  /** Answers instead of the upstream, whose answer is ignored from now on. */
  override refuse(refusal: Refusal): void {
    this.#abort(notAllowed);
    this.route.refused(this.exchange, this.decision, refusal);
  }

  /** The protocol to upgrade to. */
  protected upgrade(): string | null {
    return null;
  }

  #request(): Dispatcher.DispatchOptions & { servername: string } {
    const { exchange, route, decision } = this;
    const { req } = exchange;
    const { limits, cookieNames } = route;
    const { source, passAuthorization } = decision;
    const head = route.upstreamHead(req, { source, identity: this.#identity, passAuthorization, cookieNames });
    exchange.requestId = head.requestId;
    if (hasBody(req)) this.#body ??= this.#requestBody();
    return {
      path: route.target(req.url ?? '/'),
      method: req.method ?? 'GET',
      headers: head.headers,
      body: this.#body ?? null,
      upgrade: this.upgrade(),
      // The same for all: undici opens a new connection where it changes.
      servername: 'upstream',
      headersTimeout: limits.upstreamTimeout,
      // Only the type of an answer tells whether it may be silent for long: see `takesLong`.
      bodyTimeout: 0,
    };
  }

  #requestBody(): Readable {
    const { route, exchange } = this;
    const { bodyStall, discard } = route.limits;
    const stall = this.#mayBeSilent() ? 0 : bodyStall;
    return requestBody(exchange.req, { stall, discard, most: route.mostBody, onTooLong: () => this.#tooLong() });
  }

  /** A client of gRPC may send nothing for long within a call that streams. */
  #mayBeSilent(): boolean {
    return this.target.transport.protocol === 'http2' && isGrpc(this.exchange.req.headers['content-type']);
  }

  /** The body is longer than the route allows, which nothing said before. */
  #tooLong(): void {
    if (this.#ended !== undefined) return;
    if (this.exchange.res.headersSent) this.#break(notAllowed);
    else this.refuse(tooLarge);
  }

  takesLong(): void {
    this.#long = true;
    if (this.#ended !== undefined || this.exchange.res.destroyed) return;
    const onEnd = () => this.#break(notAllowed);
    this.#unwatch = this.route.watch(this.exchange, this.decision, onEnd, () => this.#events);
    this.#limitSilence();
  }

  /** A request that may run for long is watched from its start. */
  protected watchNow(): void {
    if (this.#long) return;
    this.route.longRunning.delete(this);
    this.takesLong();
  }

  /** An answer that completes quickly needs no time limit for silence. */
  #limitSilence(): void {
    const { upstreamTimeout } = this.route.limits;
    if (!this.exchange.res.headersSent || this.#events || upstreamTimeout === 0) return;
    this.#silence ??= setTimeout(() => {
      // While paused, it is the client that is slow.
      if (this.#paused) this.#silence?.refresh();
      else this.#break(tooSilent);
    }, upstreamTimeout).unref();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#ended) controller.abort(this.#ended);
    else this.#controller = controller;
  }

  onResponseStarted(): void {
    this.#heard = true;
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
    this.target.health.answered();
    const type = headers['content-type'];
    if (type !== undefined && isEventStream(textOf(type)) && !this.#listens()) return;
    if (this.target.transport.protocol === 'http2' && isGrpc(type && textOf(type))) this.#streams();
    this.#answer(status, headers, rawHeadersOf(controller), message);
    const length = headers['content-length'];
    // An answer of HTTP/2 may have trailers behind a body of known length.
    if (length !== undefined && encoding === undefined && this.target.transport.protocol === 'http1')
      this.#length = Number(length);
    // A short body of known length arrives with its headers, or right after them.
    if (this.#length < 0 || this.#length > inOneGo) process.nextTick(afterFirstTick, this);
    if (this.#long) this.#limitSilence();
  }

  /** Whether the client may receive an event stream. */
  #listens(): boolean {
    const { route, exchange, decision } = this;
    if (!route.mayListen(exchange, decision)) {
      this.refuse(fromElsewhere);
      return false;
    }
    this.#streams();
    this.watchNow();
    return true;
  }

  /** A stream of events, or a call of gRPC, holds no turn once it has begun, and may be silent for long. */
  #streams(): void {
    this.#events = true;
    this.endTurn();
  }

  #answer(status: number, headers: IncomingHttpHeaders, raw: RawHeaders, message: string | undefined): void {
    const { exchange, route, decision } = this;
    const { req, res } = exchange;
    const out = route.answerHead(headers, raw, {
      shared: route.shared(decision),
      cookieNames: route.ownCookies,
      setCookie: decision.clearCookie ? route.clearCookieHeader : undefined,
      trailers: headers['content-length'] === undefined && mayHaveTrailers(req.method, req.httpVersion, status),
      noLength: status === 204,
      serviceWorkers: route.serviceWorkers,
      source: decision.source,
    });
    if (route.draining()) res.shouldKeepAlive = false;
    if (message !== undefined && message !== '' && sendable(message)) res.writeHead(status, message, out);
    else res.writeHead(status, out);
  }

  /** Sends the headers once the chunk that held them is handled: they must not wait for a body that has not arrived. */
  afterFirstTick(): void {
    const { res } = this.exchange;
    if (res.writableEnded || res.destroyed) return;
    if (!this.#flushed) res.flushHeaders();
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
    this.#silence?.refresh();
    if (res.write(chunk) || this.#paused) return;
    this.#paused = true;
    controller.pause();
    res.once('drain', () => {
      this.#paused = false;
      this.#silence?.refresh();
      controller.resume();
    });
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    const { res } = this.exchange;
    this.endTurn();
    if (res.writableEnded) return;
    try {
      passTrailers(res, trailers);
      res.end();
    } catch (error) {
      this.broke(error);
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    const { res } = this.exchange;
    if (this.#ended || res.destroyed) return;
    if (error instanceof ClientGoneError) {
      this.#break(clientGone);
      return;
    }
    if (this.#mayRepeat(error)) {
      this.#repeat();
      return;
    }
    this.failedAtTarget(error);
    if (this.moves(error)) return;
    this.#body?.destroy();
    // A clean end would mark the answer as complete: the connection is destroyed instead.
    if (res.headersSent) res.destroy();
    else this.route.failed(this.exchange, this.decision, error);
  }

  /**
   * Whether a request met a kept connection that the upstream had just closed, and is safe to repeat (RFC 9110, 9.2.1 and
   * 9.3.2).
   */
  #mayRepeat(error: Error): boolean {
    const { req } = this.exchange;
    if (this.#heard || this.#repeated || this.upgrade() !== null || !failedWhileKept(error)) return false;
    return safeMethods.has(req.method ?? '') && !hasBody(req);
  }

  #repeat(): void {
    this.#repeated = true;
    this.target.transport.dispatchAnew(this.#request(), this);
  }

  /** Handles an exception of the gateway itself while an answer is passed on. */
  protected broke(error: unknown): void {
    this.#abort(passingBroke);
    this.route.broke(this.exchange, error);
  }

  #closed(): void {
    this.settle();
    this.target.end();
    if (!this.exchange.res.writableFinished) this.#abort(clientGone);
  }

  /** Gives up the place in the queue, the turn and the timers. */
  protected settle(): void {
    const { route } = this;
    this.#unwatch?.();
    clearTimeout(this.#silence);
    if (!this.#long) route.longRunning.delete(this);
    this.leave();
  }

  /** Aborts both sides. */
  #break(reason: Error): void {
    this.#abort(reason);
    this.exchange.res.destroy();
  }

  #abort(reason: Error): void {
    this.#ended = reason;
    this.#controller?.abort(reason);
  }
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

const isGrpc = (type: string | undefined): boolean => type !== undefined && /^application\/grpc\b/i.test(type);

const isEventStream = (type: string): boolean => /^text\/event-stream\b/i.test(type);

/** The header lines as received. undici has them as bytes. */
export const rawHeadersOf = ({ rawHeaders }: Dispatcher.DispatchController): RawHeaders =>
  Array.isArray(rawHeaders) ? rawHeaders : [];

function afterFirstTick(forwarding: Forwarding): void {
  forwarding.afterFirstTick();
}

// Node throws on a reason phrase with anything else in it.
const sendable = (message: string): boolean => message === 'OK' || /^[\t\x20-\x7e]*$/.test(message);
