import type { ForwardAuthAnswer } from '#gate';
import type { Exchange } from './exchange.ts';
import { noteRequestId, writeOwn } from './own-answer.ts';

/** Writes the answer to the question of a front proxy. Its headers are written at once, since this is asked for each request. */
export function writeForwardAuth(exchange: Exchange, answered: ForwardAuthAnswer): void {
  const { principal, source } = answered.allow ? answered : answered.denied;
  exchange.user = principal.name;
  if (source !== undefined) exchange.address = source.address;
  if (answered.allow) {
    const requestId = noteRequestId(exchange, source);
    answered.headers.push('X-Request-Id', requestId);
    exchange.res.writeHead(200, answered.headers).end();
  } else writeOwn(exchange, answered.answer, { source, code: answered.denied.refusal.code });
}
