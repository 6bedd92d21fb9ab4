import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Transport } from '../../../gateway/upstreams/transport.ts';

export type Dispatched = Readonly<{
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  trailers: IncomingHttpHeaders;
  /** The failure; undefined when the answer is complete. */
  error: NodeJS.ErrnoException | undefined;
}>;

type Request = Readonly<{
  path?: string;
  method?: string;
  headers?: readonly string[];
  body?: Readable | null;
  headersTimeout?: number;
  upgrade?: string | null;
  /** Sends it on a connection of its own. */
  anew?: boolean;
  /** Called with each part of the body, and before with an empty one when the head has arrived. */
  onData?: (controller: Dispatcher.DispatchController, chunk: Buffer) => void;
}>;

/** Sends a request on a transport, and resolves when it has ended, with whatever came of an answer. */
export function dispatched(transport: Transport, request: Request = {}): Promise<Dispatched> {
  const { path = '/', method = 'GET', headers = ['Host', 'site.example'], body = null, anew = false, onData } = request;
  const { promise, resolve } = Promise.withResolvers<Dispatched>();
  let answer: Omit<Dispatched, 'trailers' | 'error'> = { status: 0, headers: {}, body: '' };
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {},
    onResponseStart(controller, status, received) {
      answer = { status, headers: received, body: '' };
      onData?.(controller, Buffer.alloc(0));
    },
    onResponseData(controller, chunk) {
      answer = { ...answer, body: answer.body + chunk.toString('latin1') };
      onData?.(controller, chunk);
    },
    onResponseEnd: (_controller, trailers) => resolve({ ...answer, trailers, error: undefined }),
    onResponseError: (_controller, error) => resolve({ ...answer, trailers: {}, error }),
  };
  const { headersTimeout = 20_000, upgrade = null } = request;
  const options = { path, method, headers: [...headers], body, headersTimeout, upgrade, servername: 'upstream' };
  if (anew) transport.dispatchAnew(options, handler);
  else transport.dispatch(options, handler);
  return promise;
}
