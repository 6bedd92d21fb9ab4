import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/** Bytes that a waiting request counts as: Node stops reading a connection when too many bytes of answers are pending. */
const weight = 16 * 1024;

/**
 * Handles the requests of a connection one after another, each when the previous answer is complete. Node emits pipelined
 * requests as soon as it has read them.
 */
export function inOrder(handle: Handler): Handler {
  return function handleInTurn(req, res) {
    // Node assigns the socket to a response when the previous one is complete.
    if (res.socket !== null) return handle(req, res);
    weigh(res, weight);
    res.once('socket', () => {
      weigh(res, -weight);
      handle(req, res);
    });
  };
}

/** Counts a waiting request as bytes of a pending answer, so that Node stops reading. */
function weigh(res: ServerResponse, bytes: number): void {
  if ('_onPendingData' in res && typeof res._onPendingData === 'function') res._onPendingData(bytes);
}

/** Whether an answer is in progress on this connection. */
export const isAnswering = (socket: Duplex): boolean => '_httpMessage' in socket && socket._httpMessage != null;
