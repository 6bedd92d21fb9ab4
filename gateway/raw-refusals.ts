import { randomUUID } from 'node:crypto';
import { type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from 'gatewarden';

/** The statuses of requests that the parser refuses, as in Node; default: 400. */
const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Refuses input that is not a valid request: logs the cause and closes the connection. */
export interface RefuseRaw {
  (socket: Duplex, status: string, cause: string): void;
  /** The same for a connection on which no answer can be sent: it spoke no TLS, or none that is accepted here. */
  handshake(socket: Duplex, cause: string): void;
}

export function rawRefusals(log: Log): RefuseRaw {
  function handshake(socket: Duplex, cause: string): void {
    // Any scanner fails in the handshake. HTTP without TLS is often a mistake in a configuration.
    log[cause === 'ERR_SSL_HTTP_REQUEST' ? 'info' : 'debug'](
      { cause, address: addressOf(socket) },
      'connection refused',
    );
    socket.destroy();
  }

  function refuseRaw(socket: Duplex, status: string, cause: string): void {
    const requestId = randomUUID();
    const line = { status: Number(status.slice(0, 3)), cause, requestId, address: addressOf(socket) };
    log[isNoRequest(socket, cause) ? 'debug' : 'info'](line, 'request refused');
    if (!socket.writable || isUnderWay(socket)) return void socket.destroy();
    const head = [`HTTP/1.1 ${status}`, 'Connection: close', 'Content-Length: 0', `X-Request-Id: ${requestId}`];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.destroy();
  }

  return Object.assign(refuseRaw, { handshake });
}

/**
 * Refuses what cannot be parsed (two lengths, invalid lengths, no Host, too large, too slow) with the status that Node
 * uses.
 */
export function refuseUnparsable(server: Server, refuse: RefuseRaw): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const code = error.code ?? '';
    if (code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT')
      return refuse(socket, statuses[code] ?? '400 Bad Request', code);
    if (code.startsWith('ERR_SSL_')) return refuse.handshake(socket, code);
    // The connection is broken, so that no answer can be sent.
    socket.destroy(error);
  });
}

/** Whether a connection was opened and never used, which browsers often do, or closed in the middle of a request. */
const isNoRequest = (socket: Duplex, cause: string): boolean =>
  cause === 'HPE_INVALID_EOF_STATE' || (cause === 'ERR_HTTP_REQUEST_TIMEOUT' && bytesRead(socket) === 0);

/** Whether the head of an answer is sent: what follows would be read as its body. */
const isUnderWay = (socket: Duplex): boolean =>
  '_httpMessage' in socket && socket._httpMessage instanceof ServerResponse && socket._httpMessage.headersSent;

const addressOf = (socket: Duplex | Socket): string => ('remoteAddress' in socket ? (socket.remoteAddress ?? '') : '');
const bytesRead = (socket: Duplex | Socket): number => ('bytesRead' in socket ? socket.bytesRead : 0);
