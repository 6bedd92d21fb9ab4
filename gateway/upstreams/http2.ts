import type { ClientHttp2Session } from 'node:http2';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { Http2Connection } from './http2-connection.ts';
import { Http2Exchange } from './http2-exchange.ts';
import { requestHeaders } from './http2-headers.ts';
import type { Transport, TransportOptions } from './transport.ts';
import { UnsendableError } from './upstream-error.ts';

/**
 * Creates the HTTP/2 connections to one target: a request is a stream of the first connection that has room for it. Without
 * TLS the service must know that HTTP/2 comes (prior knowledge, RFC 9113, 3.3).
 */
export function http2Transport(options: TransportOptions): Transport {
  const { protocol, host } = new URL(options.origin);
  const scheme = protocol.slice(0, -1);
  let connections: Http2Connection[] = [];
  let closed = false;

  function withRoom(): Http2Connection {
    const found = connections.find((one) => one.hasRoom);
    return found ?? fresh();
  }

  function fresh(): Http2Connection {
    const connection = new Http2Connection(options);
    connections = [...connections.filter((one) => one.isUsable), connection];
    return connection;
  }

  function send(request: Dispatcher.DispatchOptions, exchange: Http2Exchange, session: ClientHttp2Session): void {
    try {
      exchange.send(session, requestHeaders(request, scheme, host));
    } catch (error) {
      const isUsable = !session.closed && !session.destroyed;
      exchange.fail(isUsable ? new UnsendableError('not a request of HTTP/2', { cause: error }) : asError(error));
    }
  }

  function assign(request: Dispatcher.DispatchOptions, exchange: Http2Exchange, connection: Http2Connection): void {
    connection.assign();
    exchange.connection = connection;
    const { session } = connection;
    if (session !== undefined) send(request, exchange, session);
    else connection.ready.then(begin, (error: unknown) => exchange.fail(asError(error)));

    /** Where the service takes fewer requests at a time than wait for the connection, the rest move to another one. */
    function begin(session: ClientHttp2Session): void {
      if (connection.isOverfull) {
        connection.release();
        assign(request, exchange, withRoom());
      } else send(request, exchange, session);
    }
  }

  function dispatch(
    request: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    connection: () => Http2Connection,
  ): void {
    const { body, headersTimeout, method, upgrade } = request;
    const exchange = new Http2Exchange({
      handler,
      body: body instanceof Readable ? body : null,
      headersTimeout: headersTimeout ?? 0,
      isHead: method === 'HEAD',
    });
    if (closed) exchange.fail(new Error('the connections to the service are closed'));
    else if (upgrade) exchange.fail(new UnsendableError('a service of HTTP/2 opens no WebSocket'));
    else assign(request, exchange, connection());
  }

  return {
    protocol: 'http2',
    dispatch: (request, handler) => dispatch(request, handler, withRoom),
    dispatchAnew: (request, handler) => dispatch(request, handler, fresh),
    async close() {
      closed = true;
      for (const connection of connections) connection.destroy();
    },
  };
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
