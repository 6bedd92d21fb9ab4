import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '../types.ts';

/** Writes an answer; a HEAD gets its headers only. Does nothing where the headers are out already. */
export function writeAnswer(req: IncomingMessage, res: ServerResponse, answer: Answer): void {
  if (res.headersSent) return;
  for (const [name, value] of Object.entries(answer.headers)) res.setHeader(name, value);
  res.statusCode = answer.status;
  res.setHeader('content-length', Buffer.byteLength(answer.body));
  res.end(req.method === 'HEAD' ? undefined : answer.body);
}
