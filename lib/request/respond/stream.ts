import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type StreamedAnswer, setHead } from './write.ts';

/** Milliseconds for which a client may take nothing before its connection is closed. */
const longestStall = 30_000;

type Options = Readonly<{
  /** Asked before each further chunk, whether the client may still have it. */
  mayGoOn: () => Promise<boolean>;
  /** In milliseconds. Default: half a minute. */
  stall?: number;
}>;

/**
 * Sends an answer chunk by chunk, each once the client has taken the one before. The head is sent with the first chunk, so that
 * an error before it can be answered; after it, errors reject. An answer that may not go on is broken off, so that the client does
 * not take it for a whole one. HEAD gets the headers only.
 */
export async function streamAnswer(
  req: IncomingMessage,
  res: ServerResponse,
  answer: StreamedAnswer,
  { mayGoOn, stall = longestStall }: Options,
): Promise<void> {
  if (req.method !== 'HEAD') {
    for await (const chunk of answer.chunks) {
      if (res.headersSent ? !(await mayGoOn()) : res.destroyed) return void res.destroy();
      if (!res.headersSent) setHead(res, answer);
      if (!(await sent(res, chunk, stall))) return void res.destroy();
    }
  }
  if (!res.headersSent) setHead(res, answer);
  res.end();
}

/** Writes a chunk and waits until there is room for another: false when the client is gone or takes nothing. */
async function sent(res: ServerResponse, chunk: string, stall: number): Promise<boolean> {
  if (res.destroyed) return false;
  // An embedded store answers at once: others are to be served between two chunks.
  return res.write(chunk) ? nextTurn(!res.destroyed) : drained(res, stall);
}

function drained(res: ServerResponse, stall: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), stall);
  const onDrain = (): void => resolve(true);
  const onClose = (): void => resolve(false);
  res.once('drain', onDrain).once('close', onClose);
  return promise.finally(() => {
    clearTimeout(timer);
    res.off('drain', onDrain).off('close', onClose);
  });
}
