import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ClientGoneError } from '../upstreams/upstream-error.ts';

/** Whether a body follows the headers. */
export const hasBody = (req: IncomingMessage): boolean =>
  req.headers['transfer-encoding'] !== undefined ||
  (req.headers['content-length'] !== undefined && Number(req.headers['content-length']) !== 0);

type BodyOptions = Readonly<{
  /** Milliseconds without a byte after which the connection is closed; 0: no limit. */
  stall: number;
  /** Milliseconds for which the rest is read and discarded after the answer. */
  discard: number;
  /** The most bytes; absent: no limit. */
  most?: number | undefined;
  /** Called once when there are more. */
  onTooLong: () => void;
}>;

/**
 * A request's body as a separate stream, at the pace of its reader. undici destroys the body that it is given when an upstream
 * answers early. If that were the request itself, its socket would be destroyed and the answer lost.
 */
export function requestBody(req: IncomingMessage, options: BodyOptions): Readable {
  const { most = Number.POSITIVE_INFINITY } = options;
  let received = 0;
  const body = new Readable({
    highWaterMark: 64 * 1024,
    read: () => void req.resume(),
    destroy(error, done) {
      clearTimeout(timer);
      discardRest(req, options.discard);
      done(error);
    },
  });
  const timer = options.stall === 0 ? undefined : setTimeout(stalled, options.stall).unref();
  function stalled(): void {
    // While paused, it is the upstream that is slow: its own time limit applies.
    if (req.isPaused()) timer?.refresh();
    else req.destroy();
  }
  req.on('data', (chunk: Buffer) => {
    if (body.destroyed) return;
    received += chunk.length;
    if (received > most) return options.onTooLong();
    timer?.refresh();
    if (!body.push(chunk)) req.pause();
  });
  req.on('end', () => {
    clearTimeout(timer);
    if (!body.destroyed) body.push(null);
  });
  req.on('close', () => {
    if (!req.complete) body.destroy(new ClientGoneError('the client went away'));
  });
  return body;
}

/**
 * Reads and discards the rest of a body, so that the client can read the answer and the connection can be kept. Closes the
 * connection when the body takes longer than `within` milliseconds.
 */
export function discardRest(req: IncomingMessage, within: number): void {
  if (req.complete || req.destroyed) return;
  req.resume();
  const timer = setTimeout(() => {
    if (!req.complete) req.destroy();
  }, within).unref();
  req.once('close', () => clearTimeout(timer));
}
