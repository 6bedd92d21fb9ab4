import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer that is ready to be written: by `node:http`, by Express, or by a forward-auth endpoint. */
export type Answer = Readonly<{
  status: number;
  headers: Readonly<Record<string, string | string[]>>;
  body: string | Uint8Array;
}>;

/** An answer whose body is text. */
export type TextAnswer = Answer & Readonly<{ body: string }>;

/** An answer whose body is made while it is sent: it may be longer than the memory. */
export type StreamedAnswer = Omit<Answer, 'body'> & Readonly<{ chunks: AsyncIterable<string> }>;

/**
 * Writes an answer. `Set-Cookie` is appended to those that are set already; HEAD gets the headers only. Does nothing when
 * the headers are sent already.
 */
export function writeAnswer(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  if (res.headersSent) return;
  setHead(res, answer);
  // RFC 9110, 8.6: a 204 has no length.
  if (answer.status !== 204) res.setHeader('Content-Length', Buffer.byteLength(answer.body));
  res.end(req.method === 'HEAD' ? undefined : answer.body);
}

/** Sets status and headers of an answer. `Set-Cookie` is appended to those that are set already. */
export function setHead(res: ServerResponse, { status, headers }: Pick<Answer, 'status' | 'headers'>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() === 'set-cookie') res.appendHeader(name, value);
    else res.setHeader(name, value);
  }
  res.statusCode = status;
}
