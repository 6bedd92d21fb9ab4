import type { ServerOptions } from 'node:http';
import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Log } from 'gatewarden';
import { SettingsError } from '#settings';
import { https } from '../http2.ts';
import { watchKeyPair } from './certificate-watch.ts';
import type { Http2Connections } from './http2-connections.ts';
import { describeCertificate, type KeyPair, readKeyPair, type TlsFiles } from './key-pair.ts';
import { inheritAddress } from './proxied-connections.ts';

type Options = ServerOptions & Readonly<{ handshakeTimeout: number }>;
type Dependencies = Readonly<{ files: TlsFiles; http2: Http2Connections; log: Log }>;

/** A TLS server whose certificate is read again when its files change. `close` ends that. */
export type TlsServer = Readonly<{ server: Server; close: () => void }>;

/**
 * Creates a TLS server for HTTP/2 and HTTP/1.1: the client chooses in the handshake (ALPN, RFC 7301), and one that does not
 * know the extension gets HTTP/1.1. A changed certificate is used for new connections; one that cannot be used is logged, and
 * the previous one stays.
 * @throws SettingsError when the certificate or its key cannot be used
 */
export function tlsServer(options: Options, { files, http2, log }: Dependencies): TlsServer {
  const pair = readKeyPair(files);
  const server = https().createServer({ ...options, ...pair, minVersion, ALPNProtocols });
  speakHttp2(server, http2);
  const close = watchKeyPair(files, pair, {
    onPair(changed: KeyPair) {
      server.setSecureContext({ ...changed, minVersion });
      log.info(describeCertificate(changed), 'the certificate has changed: new connections use it');
    },
    onProblem(error: unknown) {
      const problems = error instanceof SettingsError ? error.problems : [];
      log.error({ problems }, 'the changed certificate cannot be used: the previous one stays');
    },
  });
  return { server, close };
}

const minVersion = 'TLSv1.2';
const ALPNProtocols = ['h2', 'http/1.1'];

function speakHttp2(server: Server, http2: Http2Connections): void {
  // The listener of `node:https`, which speaks HTTP/1.1 on every connection.
  const speakHttp1 = server.listeners('secureConnection');
  server.removeAllListeners('secureConnection');
  server.on('secureConnection', (socket: TLSSocket) => {
    if (!inheritAddress(socket)) return void socket.destroy();
    if (socket.alpnProtocol === 'h2') return http2.accept(socket);
    for (const listener of speakHttp1) listener.call(server, socket);
  });
}
