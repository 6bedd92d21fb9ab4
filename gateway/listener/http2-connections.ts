import type { ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Log, Refusal } from 'gatewarden';
import { http2 } from '../http2.ts';
import type { Limits } from '../limits.ts';
import { readHead } from './http2-head.ts';
import { idleTimer, limitControlFrames, sessionOptions } from './http2-limits.ts';
import { Http2Request, resetCodes } from './http2-request.ts';
import { Http2Response } from './http2-response.ts';

/** Handlers of the requests that arrive on HTTP/2 streams. */
export interface StreamHandlers {
  request(req: Http2Request, res: Http2Response): void;
  /** A request with `Expect: 100-continue`. */
  expecting(req: Http2Request, res: Http2Response): void;
  /** A request that is not served as it is. */
  malformed(req: Http2Request, res: Http2Response, refusal: Refusal): void;
}

/** The HTTP/2 connections of a server. */
export interface Http2Connections {
  /** Serves HTTP/2 on a connection that has agreed to it. */
  accept(socket: Socket): void;
  /** Lets running requests finish: clients are told to open no further streams (GOAWAY). */
  drain(): void;
  /** Breaks all connections off. */
  destroy(): void;
}

type Options = Readonly<{ limits: Limits; log: Log; draining: () => boolean }>;

/** Creates the HTTP/2 side of a server. */
export function http2Connections(handlers: StreamHandlers, { limits, log, draining }: Options): Http2Connections {
  const options = sessionOptions(limits);
  const sessions = new Map<ServerHttp2Session, Socket>();

  function serve(session: ServerHttp2Session, socket: Socket): void {
    sessions.set(session, socket);
    socket.once('close', () => sessions.delete(session));
    const idle = idleTimer(session, socket, limits);
    limitControlFrames(session, () => {
      log.info({ cause: 'HTTP2_FLOOD', address: socket.remoteAddress ?? '' }, 'connection refused');
      session.destroy(undefined, resetCodes.enhanceYourCalm);
    });
    session.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      // Every other error is of the connection: the client has gone.
      const level = code.startsWith('ERR_HTTP2') ? 'info' : 'debug';
      log[level]({ cause: code, address: socket.remoteAddress ?? '' }, 'connection refused');
    });
    session.on('stream', (stream, _headers, _flags, raw) => {
      idle.begin();
      stream.once('close', idle.end);
      answer(stream, raw, socket);
    });
    if (draining()) session.close();
  }

  function answer(stream: ServerHttp2Stream, raw: readonly string[], socket: Socket): void {
    stream.on('error', () => undefined);
    const bodyFollows = !stream.endAfterHeaders;
    const { head, problem } = readHead(raw, { bodyFollows, limit: limits.maxHeaderSize });
    const req = new Http2Request(socket, stream, head, bodyFollows);
    const res = new Http2Response(req, stream);
    const { expect } = req.headers;
    if (problem !== undefined) handlers.malformed(req, res, problem);
    else if (expect === undefined) handlers.request(req, res);
    else if (expect.toLowerCase() === '100-continue') handlers.expecting(req, res);
    else res.writeHead(417).end();
  }

  return {
    accept(socket) {
      socket.setMaxListeners(0);
      serve(http2().performServerHandshake(socket, options), socket);
    },
    drain() {
      for (const session of sessions.keys()) session.close();
    },
    destroy() {
      // A session that is closing waits for its client: only the socket ends it at once.
      for (const socket of sessions.values()) socket.destroy();
    },
  };
}
