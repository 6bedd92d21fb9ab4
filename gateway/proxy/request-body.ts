import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** True when a body follows the headers. */
export const hasBody = (req: IncomingMessage): boolean =>
  req.headers['transfer-encoding'] !== undefined ||
  (req.headers['content-length'] !== undefined && Number(req.headers['content-length']) !== 0);

/**
 * A request's body as a stream of its own, at the pace of whoever reads it. undici destroys the body that it is given when
 * an upstream answers early; were that the request itself, its socket and with it the answer would go too.
 */
export function requestBody(req: IncomingMessage, options: { stall: number; discard: number }): Readable {
  const body = new Readable({
    highWaterMark: 64 * 1024,
    read: () => void req.resume(),
    destroy(error, done) {
      clearTimeout(timer);
      discardRest(req, options.discard);
      done(error);
    },
  });
  const timer = setTimeout(function stalled() {
    // Paused means that the upstream is the slow one: its own time limit runs.
    if (req.isPaused()) timer.refresh();
    else req.destroy();
  }, options.stall).unref();
  req.on('data', (chunk: Buffer) => {
    if (body.destroyed) return;
    timer.refresh();
    if (!body.push(chunk)) req.pause();
  });
  req.on('end', () => {
    clearTimeout(timer);
    if (!body.destroyed) body.push(null);
  });
  req.on('close', () => {
    if (!req.complete) body.destroy(new Error('the client went away'));
  });
  return body;
}

/**
 * Reads what is left of a body and throws it away, so that the client gets to read the answer and the connection can be
 * kept; a body that takes longer than `within` milliseconds ends the connection.
 */
export function discardRest(req: IncomingMessage, within: number): void {
  if (req.complete || req.destroyed) return;
  req.resume();
  const timer = setTimeout(() => {
    if (!req.complete) req.destroy();
  }, within).unref();
  req.once('close', () => clearTimeout(timer));
}
