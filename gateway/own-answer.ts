import { type Answer, answerNotes, noteAnswer, type RequestSource, requestIdOf, writeAnswer } from '#request';
import type { Exchange } from './exchange.ts';

type Refused = Readonly<{ source?: RequestSource | undefined; code?: AnswerCode }>;
type AnswerCode = Parameters<typeof noteAnswer>[1]['code'];

/** Marks an answer as Gatewarden's, and returns its request id, which the log has too: that of a trusted proxy, else a new one. */
export function noteRequestId(exchange: Exchange, source?: RequestSource): string {
  exchange.own = true;
  if (exchange.requestId === '') exchange.requestId = requestIdOf(exchange.req, source?.trusted === true);
  return exchange.requestId;
}

/** Marks an answer as Gatewarden's, and sets its `X-Request-Id`. */
export function markOwn(exchange: Exchange, source?: RequestSource): void {
  const requestId = noteRequestId(exchange, source);
  if (!exchange.res.headersSent) exchange.res.setHeader('X-Request-Id', requestId);
}

/** Writes an answer of Gatewarden. `code`: the code of the refusal, for the log. */
export function writeOwn(exchange: Exchange, answer: Answer, { source, code }: Refused = {}): void {
  // The page of a refusal names the id that it was made with.
  const named = answer.headers['X-Request-Id'];
  if (exchange.requestId === '' && typeof named === 'string') exchange.requestId = named;
  markOwn(exchange, source);
  if (code !== undefined) noteAnswer(exchange.res, { code });
  writeAnswer(exchange.req, exchange.res, answer);
}

/** Length of the body of an answer of Gatewarden, in bytes. */
export function ownBytes({ req, res }: Exchange): number {
  return req.method === 'HEAD' ? 0 : Number(res.getHeader('content-length') ?? 0);
}

export { answerNotes };
