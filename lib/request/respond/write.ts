import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer that is ready to be written: by `node:http`, by Express, or by a forward-auth endpoint. */
export type Answer = Readonly<{
  status: number;
  headers: Readonly<Record<string, string | string[]>>;
  body: string | Uint8Array;
}>;

/** An answer whose body is text. */
export type TextAnswer = Answer & Readonly<{ body: string }>;

/**
 * Writes an answer. `Set-Cookie` is appended to those that are set already; HEAD gets the headers only. Does nothing when
 * the headers are sent already.
 */
export function writeAnswer(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  if (res.headersSent) return;
  for (const [name, value] of Object.entries(answer.headers)) {
    if (name.toLowerCase() === 'set-cookie') res.appendHeader(name, value);
    else res.setHeader(name, value);
  }
  res.statusCode = answer.status;
  // RFC 9110, 8.6: a 204 has no length.
  if (answer.status !== 204) res.setHeader('Content-Length', Buffer.byteLength(answer.body));
  res.end(req.method === 'HEAD' ? undefined : answer.body);
}
