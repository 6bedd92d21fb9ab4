// By their own paths: undici's entry file also loads fetch, WebSocket, caches and mocks, and does not export what
// interim-answers.ts needs. undici does not promise to keep these paths, so package.json pins its version exactly.
import OneConnection from 'undici/lib/dispatcher/client.js';
import PoolOfConnections from 'undici/lib/dispatcher/pool.js';
import { upstreamConnector } from './connector.ts';
import { passOverInterimAnswers } from './interim-answers.ts';
import type { Transport, TransportOptions } from './transport.ts';

/**
 * Creates the HTTP/1.1 connections to one target: a pool of kept ones, with one request at a time on each. With pipelining,
 * undici would repeat requests that were behind a broken one. HTTP/2 is not offered: bytes and framing are checked as HTTP/1.1.
 */
export function http1Transport({ origin, socketPath, tls, connectTimeout }: TransportOptions): Transport {
  const connect = upstreamConnector({
    timeout: connectTimeout,
    allowH2: false,
    ...(socketPath === undefined ? {} : { socketPath }),
    ...tls,
  });
  const options = { pipelining: 1, allowH2: false, maxHeaderSize: 64 * 1024, connect, keepAliveTimeout: 4000 };
  const pool = new PoolOfConnections(origin, options);
  pool.on('connect', (_origin, targets) => passOverInterimAnswers(targets.at(-1) ?? pool));
  return {
    protocol: 'http1',
    dispatch: (request, handler) => void pool.dispatch(request, handler),
    dispatchAnew(request, handler) {
      const client = new OneConnection(origin, options);
      client.dispatch({ ...request, reset: true }, handler);
      void client.close();
    },
    close: () => pool.destroy(),
  };
}
