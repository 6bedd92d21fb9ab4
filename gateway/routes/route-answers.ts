import type { Log, Refusal } from 'gatewarden';
import type { Allowed, Denied } from '#request';
import type { Exchange } from '../exchange.ts';
import type { Gate } from '../gate.ts';
import type { Limits } from '../limits.ts';
import { noteRequestId, writeOwn } from '../own-answer.ts';
import { discardRest } from '../proxy/request-body.ts';
import type { Route } from '../proxy/route.ts';
import { failureCode, upstreamRefusal } from '../upstreams/upstream-error.ts';

type Dependencies = Readonly<{
  gate: Pick<Gate, 'answer' | 'answerBroken'>;
  limits: Pick<Limits, 'discard'>;
  log: Log;
}>;

/** The gateway's own answers to requests of a route that are allowed and get none of its upstream. */
export function routeAnswers({ gate, limits, log }: Dependencies): Pick<Route, 'refused' | 'failed' | 'broke'> {
  function refused(exchange: Exchange, decision: Allowed, refusal: Refusal): void {
    const { req } = exchange;
    const { principal, rule, source, clearCookie } = decision;
    const denied: Denied = { allow: false, principal, rule, source, refusal, clearCookie, retry: false };
    const answer = gate.answer(req, denied, noteRequestId(exchange, source));
    writeOwn(exchange, answer, { source, code: refusal.code });
    discardRest(req, limits.discard);
  }

  return {
    refused,
    broke(exchange, error) {
      const { req, res } = exchange;
      const requestId = noteRequestId(exchange);
      log.error({ err: error, requestId }, 'an answer could not be passed on');
      res.shouldKeepAlive = false;
      if (res.headersSent) res.destroy();
      else writeOwn(exchange, gate.answerBroken(req, requestId));
      discardRest(req, limits.discard);
    },
    failed(exchange, decision, error) {
      const refusal = upstreamRefusal(error);
      const { requestId } = exchange;
      log.warn({ code: refusal.code, cause: failureCode(error), requestId }, 'no answer from the upstream');
      refused(exchange, decision, refusal);
    },
  };
}
