import type { IncomingMessage, ServerResponse } from 'node:http';

/** An answer that is ready to be written: by `node:http`, by Express, or by a forward-auth endpoint. */
export type Answer = Readonly<{ status: number; headers: Readonly<Record<string, string | string[]>>; body: string }>;

/** Writes an answer; a HEAD gets its headers only. Does nothing where the headers are out already. */
export function writeAnswer(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  if (res.headersSent) return;
  for (const [name, value] of Object.entries(answer.headers)) res.setHeader(name, value);
  res.statusCode = answer.status;
  res.setHeader('content-length', Buffer.byteLength(answer.body));
  res.end(req.method === 'HEAD' ? undefined : answer.body);
}
