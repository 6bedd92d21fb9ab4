import type { Server } from 'node:http';
import { Socket } from 'node:net';
import type { Log } from 'gatewarden';
import { networks } from '#request';
import { readProxyHeader } from './proxy-header.ts';

type Options = Readonly<{
  /** CIDRs of the peers that may send a PROXY header. */
  trustedProxies: readonly string[];
  log: Log;
  /** Milliseconds until the first bytes have arrived. */
  timeout: number;
}>;

/**
 * Makes a server read the PROXY protocol at the beginning of connections from trusted proxies: the client's address that it
 * names becomes the connection's own. What does not begin with such a header is served as it is, and the bytes of other peers
 * are never looked at. Returns a function that breaks off the connections on which nothing has arrived yet.
 */
export function readProxyHeaders(server: Server, { trustedProxies, log, timeout }: Options): () => void {
  const isTrusted = networks(trustedProxies);
  const waiting = new Set<Socket>();
  const serve = server.listeners('connection');
  server.removeAllListeners('connection');

  function begin(socket: Socket): void {
    for (const listener of serve) listener.call(server, socket);
  }

  server.on('connection', (socket: Socket) => {
    if (!isTrusted(socket.remoteAddress ?? '')) return begin(socket);
    waiting.add(socket);
    const done = () => waiting.delete(socket);
    socket.once('close', done);
    firstBytes(socket, timeout, (cause) => {
      done();
      if (cause === undefined) return begin(socket);
      log.info({ cause, address: socket.remoteAddress ?? '' }, 'connection refused');
      socket.destroy();
    });
  });
  return () => {
    for (const socket of waiting) socket.destroy();
  };
}

/** Reads the PROXY header, if there is one, and calls `done`: with a cause when the connection cannot be served. */
function firstBytes(socket: Socket, timeout: number, done: (cause?: string) => void): void {
  let read = Buffer.alloc(0);
  const timer = setTimeout(() => end('PROXY_TIMEOUT'), timeout).unref();
  socket.on('error', broken);
  socket.on('readable', look);
  socket.on('end', broken);

  function end(cause?: string): void {
    clearTimeout(timer);
    socket.off('readable', look).off('end', broken);
    // The server adds a listener of its own: an error in between is no exception.
    process.nextTick(() => socket.off('error', broken));
    done(cause);
  }

  function broken(): void {
    socket.destroy();
    clearTimeout(timer);
  }

  function look(): void {
    const more: Buffer | null = socket.read();
    if (more === null) return;
    read = Buffer.concat([read, more]);
    const header = readProxyHeader(read);
    if (header.kind === 'incomplete') return;
    if (header.kind === 'malformed') {
      end('PROXY_MALFORMED');
      return;
    }
    const rest = header.kind === 'header' ? read.subarray(header.length) : read;
    if (header.kind === 'header' && header.address !== undefined) claim(socket, header.address);
    if (rest.length > 0) socket.unshift(rest);
    end();
  }
}

const claims = new WeakMap<Socket, string>();

function claim(socket: Socket, address: string): void {
  claims.set(socket, address);
  Object.defineProperty(socket, 'remoteAddress', { value: address });
}

/**
 * Gives a TLS connection the address that the connection below it was given by a proxy. Returns false when the connection below
 * cannot be told, so that nobody knows whose it is.
 */
export function inheritAddress(socket: Socket): boolean {
  const below: unknown = Reflect.get(socket, '_parent');
  if (!(below instanceof Socket)) return false;
  const address = claims.get(below);
  if (address !== undefined) claim(socket, address);
  return true;
}
