import type { ServerOptions } from 'node:http';
import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { https } from '../http2.ts';
import type { Http2Connections } from './http2-connections.ts';
import type { KeyPair } from './key-pair.ts';

type Options = ServerOptions & Readonly<{ handshakeTimeout: number }>;

/**
 * Creates a TLS server for HTTP/2 and HTTP/1.1: the client chooses in the handshake (ALPN, RFC 7301), and one that does not
 * know the extension gets HTTP/1.1. `setSecureContext` of the server changes the certificate for new connections.
 */
export function tlsServer(options: Options, pair: KeyPair, http2: Http2Connections): Server {
  const server = https().createServer({
    ...options,
    ...pair,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['h2', 'http/1.1'],
  });
  // The listener of `node:https`, which speaks HTTP/1.1 on every connection.
  const speakHttp1 = server.listeners('secureConnection');
  server.removeAllListeners('secureConnection');
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') return http2.accept(socket);
    for (const listener of speakHttp1) listener.call(server, socket);
  });
  return server;
}
