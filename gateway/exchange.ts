import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its answer, with the fields of the access log. */
export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** The path as it was sent, without the query. Express removes the mount path from `req.url`. */
  readonly path: string;
  /** `performance.now()` when the headers had arrived. */
  readonly startedAt: number;
  /** The client's address, as trusted proxies report it; the socket's peer until that is read. */
  address: string;
  /** Username of the principal; '' when anonymous, and before the decision. */
  user: string;
  /** Name of the route; '' before the decision, and where there is only one. */
  route: string;
  requestId: string;
  /** Length of the upstream's answer body, in bytes. */
  bytes: number;
  /** The answer is Gatewarden's, not the upstream's. */
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
    route: '',
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
