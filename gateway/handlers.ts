import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log, Refusal } from 'gatewarden';
import type { ForwardAuthAnswer } from '#gate';
import {
  type Allowed,
  andThen,
  coversOwnPages,
  type Denied,
  isOwnPath,
  type MaybePromise,
  type Routed,
  StoreUnavailableError,
} from '#request';
import { type Exchange, newExchange } from './exchange.ts';
import { writeForwardAuth } from './forward-auth.ts';
import type { Gate } from './gate.ts';
import type { Limits } from './limits.ts';
import { markOwn, noteRequestId, writeOwn } from './own-answer.ts';
import { forward } from './proxy/forward.ts';
import { discardRest, hasBody } from './proxy/request-body.ts';
import { answerTo, forwardUpgrade, type Upgradable } from './proxy/upgrade.ts';
import { preflightAnswer } from './routes/public-cors.ts';
import type { ServedRoutes } from './routes/served-routes.ts';
import type { Handlers } from './server.ts';
import { unregisteringWorker } from './service-worker.ts';

type Dependencies = Readonly<{
  gate: Gate;
  own: (req: IncomingMessage, res: ServerResponse) => void;
  routes: ServedRoutes;
  limits: Limits;
  log: Log;
  logAccess: (exchange: Exchange) => void;
  draining: () => boolean;
}>;

const nothingBehind: Refusal = Object.freeze({
  code: 'not_found',
  detail: 'There is no service behind this gateway: it answers the front proxies that ask it.',
});

/**
 * Creates the request handlers: own routes are served here, every other request is forwarded when the decision allows it.
 */
export function requestHandlers(dependencies: Dependencies): Handlers {
  const { gate, own, routes, limits, logAccess } = dependencies;

  function begin(req: IncomingMessage, res: ServerResponse): Exchange {
    const exchange = newExchange(req, res);
    res.on('close', () => logAccess(exchange));
    return exchange;
  }

  function answerRequest(exchange: Exchange, expecting: boolean): MaybePromise<void> {
    const { req, res } = exchange;
    const problem = framingProblem(req);
    if (problem !== undefined) return refuse(exchange, problem, true);
    const verified = gate.verify(req);
    if (verified !== undefined) return answerForwardAuth(exchange, verified, expecting);
    if (isOwnWorker(exchange)) return writeOwn(exchange, unregisteringWorker);
    return andThen(gate.route(req), (decision) => {
      if (isOwnPath(decision)) return answerOwn(exchange, expecting);
      if (isAnswered(exchange, expecting) || !passes(exchange, decision, expecting)) return undefined;
      const route = routes.of(decision.route);
      if (route === undefined) return refuseAllowed(exchange, decision, nothingBehind, expecting);
      const refusal = route.problem?.(req);
      if (refusal !== undefined) return refuseAllowed(exchange, decision, refusal, expecting);
      return andThen(gate.identity(decision.principal, decision.route, req, route.target), (identity) => {
        // The client has closed the connection meanwhile.
        if (res.destroyed) return;
        if (expecting) res.writeContinue();
        forward(route, exchange, decision, identity);
      });
    });
  }

  function answerForwardAuth(
    exchange: Exchange,
    verified: MaybePromise<ForwardAuthAnswer>,
    closing: boolean,
  ): MaybePromise<void> {
    const { req, res } = exchange;
    return andThen(verified, (answered) => {
      if (closing || dependencies.draining()) res.shouldKeepAlive = false;
      writeForwardAuth(exchange, answered);
      if (hasBody(req)) discardRest(req, limits.discard);
    });
  }

  /** Whether a request is for a service worker of the upstream that would cover Gatewarden's own pages. */
  function isOwnWorker({ req, path }: Exchange): boolean {
    if (req.method !== 'GET' || !coversOwnPages(req, path, gate.settings.prefix)) return false;
    return gate.routeOf(req)?.serviceWorkers !== true;
  }

  /**
   * Answers what no decision is needed for: a request that has come back from an upstream, whoever makes it, and a pre-flight of
   * another origin for what everybody may read.
   */
  function isAnswered(exchange: Exchange, closing: boolean): boolean {
    const { req } = exchange;
    const { 'x-gatewarden-hop': marks } = req.headers;
    if (marks === undefined && req.method !== 'OPTIONS') return false;
    const policies = gate.routeOf(req);
    if (policies === undefined) return false;
    if (marks !== undefined && routes.of(policies)?.isLoop(marks) === true) {
      refuse(exchange, { code: 'loop_detected' }, closing);
      return true;
    }
    const answer = req.method === 'OPTIONS' ? preflightAnswer(req, policies) : undefined;
    if (answer !== undefined) writeOwn(exchange, answer);
    return answer !== undefined;
  }

  /** Refuses a request that is allowed, for a reason of its route. */
  function refuseAllowed(exchange: Exchange, decision: Allowed, refusal: Refusal, closing: boolean): void {
    deny(exchange, { ...decision, allow: false, refusal, retry: false }, closing);
  }

  /** Returns whether the request is allowed, and answers it when it is not. */
  function passes(
    exchange: Exchange,
    decision: Routed,
    closing: boolean,
  ): decision is Extract<Routed, { allow: true }> {
    exchange.user = decision.principal.name;
    if (routes.several()) exchange.route = (decision.allow ? decision.route : gate.routeOf(exchange.req))?.name ?? '';
    if (decision.source !== undefined) exchange.address = decision.source.address;
    if (!decision.allow) deny(exchange, decision, closing);
    return decision.allow;
  }

  function deny(exchange: Exchange, decision: Denied, closing: boolean): void {
    const { req, res } = exchange;
    // After a refused `Expect` the client may still send the body, so the connection cannot be kept.
    if (closing || dependencies.draining()) res.shouldKeepAlive = false;
    const requestId = noteRequestId(exchange, decision.source);
    const answer = gate.answer(req, decision, requestId);
    writeOwn(exchange, answer, { source: decision.source, code: decision.refusal.code });
    discardRest(req, limits.discard);
  }

  function refuse(exchange: Exchange, refusal: Refusal, closing: boolean): void {
    deny(exchange, gate.refuse(refusal), closing);
  }

  function answerOwn(exchange: Exchange, expecting: boolean): void {
    const { req, res } = exchange;
    markOwn(exchange);
    if (expecting) res.writeContinue();
    if (dependencies.draining()) res.shouldKeepAlive = false;
    if (!req.complete) limitBody(req, limits.bodyStall);
    own(req, res);
  }

  async function answerUpgrade(exchange: Exchange, client: Upgradable): Promise<void> {
    const { req } = exchange;
    // A front proxy may ask about an upgrade with its headers.
    const verified = gate.verify(req);
    if (verified !== undefined) return answerForwardAuth(exchange, verified, true);
    const problem = upgradeProblem(req);
    if (problem !== undefined) return refuse(exchange, problem, true);
    const decision = await gate.route(req);
    if (isOwnPath(decision)) return refuse(exchange, { code: 'not_found' }, true);
    if (isAnswered(exchange, true) || !passes(exchange, decision, true)) return;
    const route = routes.of(decision.route);
    if (route === undefined) return refuseAllowed(exchange, decision, nothingBehind, true);
    const refusal = route.problem?.(req);
    if (refusal !== undefined) return refuseAllowed(exchange, decision, refusal, true);
    const identity = await gate.identity(decision.principal, decision.route, req, route.target);
    if (!client.socket.destroyed) forwardUpgrade(route, exchange, decision, identity, client);
  }

  /** Answers a request whose decision threw, which is an outage: never forwards it. */
  function broken(exchange: Exchange, error: unknown): void {
    const { req, res } = exchange;
    const requestId = noteRequestId(exchange);
    const fields = error instanceof StoreUnavailableError ? { store: error.store } : { err: error };
    dependencies.log.error({ ...fields, requestId }, 'a request could not be decided on');
    res.shouldKeepAlive = false;
    if (res.headersSent) res.destroy();
    else writeOwn(exchange, gate.outage(req, requestId), { code: 'store_unavailable' });
    discardRest(req, limits.discard);
  }

  function answered(exchange: Exchange, expecting: boolean): void {
    try {
      const answering = answerRequest(exchange, expecting);
      if (answering instanceof Promise) answering.catch((error: unknown) => broken(exchange, error));
    } catch (error) {
      broken(exchange, error);
    }
  }

  return {
    request: (req, res) => answered(begin(req, res), false),
    expecting: (req, res) => answered(begin(req, res), true),
    malformed: (req, res, refusal) => refuse(begin(req, res), refusal, true),
    upgrade(req, socket, head) {
      const exchange = begin(req, answerTo(req, socket));
      answerUpgrade(exchange, { socket, head }).catch((error) => broken(exchange, error));
    },
  };
}

/** A WebSocket is opened by a GET of HTTP/1.1 without a body (RFC 6455, 4.1). */
function upgradeProblem(req: IncomingMessage): Refusal | undefined {
  if (req.method === 'GET' && req.httpVersion === '1.1' && !hasBody(req)) return undefined;
  return { code: 'validation_failed', detail: 'A WebSocket opens with a GET of HTTP/1.1 that has no body.' };
}

/** Refuses a request that two servers might frame differently. */
function framingProblem(req: IncomingMessage): Refusal | undefined {
  const encoding = req.headers['transfer-encoding'];
  if (encoding === undefined) return undefined;
  const plain = encoding.toLowerCase() === 'chunked' && req.httpVersion !== '1.0';
  if (plain && req.headers['content-length'] === undefined) return undefined;
  return { code: 'validation_failed', detail: 'The length of the body is not clear.' };
}

/** Own routes take small bodies only: closes the connection when the body has not arrived in time. */
function limitBody(req: IncomingMessage, within: number): void {
  const timer = setTimeout(() => {
    if (!req.complete) req.destroy();
  }, within).unref();
  req.once('close', () => clearTimeout(timer));
}
