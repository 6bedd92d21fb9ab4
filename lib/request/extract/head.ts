import type { IncomingMessage } from 'node:http';

/** Anything that carries a request in Node: the request path needs no more. */
export type RequestHead = IncomingMessage;
