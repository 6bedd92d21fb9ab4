import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** What a waiting request counts for, in bytes, against what Node lets pile up on a connection before it stops reading. */
const weight = 16 * 1024;

/**
 * Hands the requests of one connection on one after another, each when the answer before it is out. Node reads pipelined
 * requests ahead and would hand them all on at once.
 */
export function inOrder(handle: Handler): Handler {
  return function handleInTurn(req, res) {
    // Node gives a response its connection when the one before it has let go of it.
    if (res.socket !== null) return handle(req, res);
    weigh(res, weight);
    res.once('socket', () => {
      weigh(res, -weight);
      handle(req, res);
    });
  };
}

/** Answers that cannot go out yet make Node stop reading: requests that cannot be answered yet count as such. */
function weigh(res: ServerResponse, bytes: number): void {
  if ('_onPendingData' in res && typeof res._onPendingData === 'function') res._onPendingData(bytes);
}

/** True while an answer is under way on this connection. */
export const isAnswering = (socket: Duplex): boolean => '_httpMessage' in socket && socket._httpMessage != null;
