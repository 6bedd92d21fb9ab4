import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its answer, with what the access log will say of them. One is made per request. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** As it was sent, without the query. Kept because Express shortens `req.url` where it mounts. */
  readonly path: string;
  /** `performance.now()` when the headers were there. */
  readonly startedAt: number;
  /** Of the client, trusted proxies believed; the socket's peer until that is known. */
  address: string;
  /** '' as long as nobody is known. */
  user: string;
  requestId: string;
  /** Of the answer's body, as the upstream sent it. */
  bytes: number;
  /** The answer is ours, not the upstream's. */
  own: boolean;
}

export function newExchange(req: IncomingMessage, res: ServerResponse): Exchange {
  const address = req.socket.remoteAddress ?? '';
  return {
    req,
    res,
    path: pathOf(req.url ?? ''),
    startedAt: performance.now(),
    address,
    user: '',
    requestId: '',
    bytes: 0,
    own: false,
  };
}

/** The path of a request target as it was sent, without the query. */
export function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}
