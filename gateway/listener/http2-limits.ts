import type { ServerHttp2Session, ServerSessionOptions } from 'node:http2';
import type { Socket } from 'node:net';
import type { Limits } from '../limits.ts';

/** Simultaneous streams of a connection. */
const mostStreams = 100;

/** The options of HTTP/2 connections: what one client may cost. */
export const sessionOptions = ({ maxHeaderSize }: Limits): ServerSessionOptions => ({
  settings: {
    maxConcurrentStreams: mostStreams,
    enablePush: false,
    enableConnectProtocol: false,
    // A head that is larger than `maxHeaderSize` and fits in here is answered with 431; beyond it the stream is reset.
    maxHeaderListSize: 2 * maxHeaderSize,
  },
  maxHeaderListPairs: 2000,
  // In megabytes: heads and frames of all streams of a connection, not the bodies, which are read at the pace of the upstream.
  maxSessionMemory: 10,
  maxSettings: 32,
  maxSessionInvalidFrames: 100,
  // Streams that the client may reset at once, and for each second afterwards (CVE-2023-44487).
  streamResetBurst: 200,
  streamResetRate: 50,
  strictFieldWhitespaceValidation: true,
});

/** SETTINGS and PING frames of a second. Clients that measure their bandwidth send hundreds of PINGs. */
const mostControlFrames = 2000;

/** Calls `onFlood` when a client sends more control frames than any program has a use for. */
export function limitControlFrames(session: ServerHttp2Session, onFlood: () => void): void {
  let second = 0;
  let count = 0;
  function received(): void {
    const now = Math.floor(performance.now() / 1000);
    count = now === second ? count + 1 : 1;
    second = now;
    if (count === mostControlFrames) onFlood();
  }
  session.on('ping', received);
  session.on('remoteSettings', received);
}

/** Closes a connection without streams: after `headersTimeout` when it never had one, else after `keepAliveTimeout`. */
export function idleTimer(session: ServerHttp2Session, socket: Socket, limits: Limits): { begin(): void; end(): void } {
  let open = 0;
  let timer = closeAfter(limits.headersTimeout);
  socket.once('close', () => clearTimeout(timer));

  function closeAfter(time: number): NodeJS.Timeout {
    return setTimeout(() => close(), time).unref();
  }

  function close(): void {
    session.close();
    // A client that does not close its side.
    timer = setTimeout(() => socket.destroy(), limits.discard).unref();
  }

  return {
    begin() {
      open += 1;
      clearTimeout(timer);
    },
    end() {
      open -= 1;
      if (open === 0 && !session.destroyed) timer = closeAfter(limits.keepAliveTimeout);
    },
  };
}
