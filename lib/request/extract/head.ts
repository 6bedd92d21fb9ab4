import type { IncomingMessage } from 'node:http';

/**
 * The five fields of a request that identification and decision read. Node's `IncomingMessage` and Express's `Request`
 * are request heads; where the target that counts is another one than `url`, a plain object with these fields is handed over.
 */
export type RequestHead = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders' | 'socket'>;
