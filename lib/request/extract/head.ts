import type { IncomingMessage } from 'node:http';

/**
 * The five fields of a request that identification and decision read. Node's `IncomingMessage` and Express's `Request`
 * are request heads. Where the target to decide on is not `url`, a plain object with these fields is passed.
 */
export type RequestHead = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders' | 'socket'>;
