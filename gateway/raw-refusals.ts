import { randomUUID } from 'node:crypto';
import { type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from 'gatewarden';

/** Statuses of what the parser refuses, as Node has them; all else is 400. */
const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Refuses what is no request that could be decided on: the connection ends, and a line in the log says why. */
export type RefuseRaw = (socket: Duplex, status: string, cause: string) => void;

export function rawRefusals(log: Log): RefuseRaw {
  return function refuseRaw(socket, status, cause) {
    const requestId = randomUUID();
    const line = { status: Number(status.slice(0, 3)), cause, requestId, address: addressOf(socket) };
    log[isNoRequest(socket, cause) ? 'debug' : 'info'](line, 'request refused');
    if (!socket.writable || isUnderWay(socket)) return void socket.destroy();
    const head = [`HTTP/1.1 ${status}`, 'Connection: close', 'Content-Length: 0', `X-Request-Id: ${requestId}`];
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.destroy();
  };
}

/** What cannot be parsed (both lengths, odd lengths, no Host, too much, too slow) is answered as Node answers it. */
export function refuseUnparsable(server: Server, refuse: RefuseRaw): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const code = error.code ?? '';
    if (code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT')
      return refuse(socket, statuses[code] ?? '400 Bad Request', code);
    // The connection broke: there is nobody to answer.
    socket.destroy(error);
  });
}

/** A connection that was opened and never used, as browsers do all the time, or closed in the middle of a request. */
const isNoRequest = (socket: Duplex, cause: string): boolean =>
  cause === 'HPE_INVALID_EOF_STATE' || (cause === 'ERR_HTTP_REQUEST_TIMEOUT' && bytesRead(socket) === 0);

/** True where the head of an answer is out: what follows it would be taken for its body. */
const isUnderWay = (socket: Duplex): boolean =>
  '_httpMessage' in socket && socket._httpMessage instanceof ServerResponse && socket._httpMessage.headersSent;

const addressOf = (socket: Duplex | Socket): string => ('remoteAddress' in socket ? (socket.remoteAddress ?? '') : '');
const bytesRead = (socket: Duplex | Socket): number => ('bytesRead' in socket ? socket.bytesRead : 0);
