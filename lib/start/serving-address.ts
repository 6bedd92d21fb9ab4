import { tracingChannel } from 'node:diagnostics_channel';
import type { Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** The message of the channel when a server begins to listen. */
type Listening = Readonly<{ server: Server }>;

/** Node versions without this channel publish nothing: the address stays unknown. */
const listening = tracingChannel<Listening>('net.server.listen');

/**
 * Calls `onAddress` once with the address at which this machine reaches the first server that hands its requests to
 * `root()`, when it listens. Servers with other listeners are ignored: what they serve is not known. Returns an
 * unsubscribe function.
 */
export function onServing(root: () => unknown, onAddress: (address: string) => void): () => void {
  function onListening(message: unknown): void {
    const { server } = message as Listening;
    const address = server.listeners('request').includes(root() as () => void) ? addressOf(server) : undefined;
    if (address === undefined) return;
    stop();
    onAddress(address);
  }

  const stop = () => void listening.asyncEnd.unsubscribe(onListening);
  listening.asyncEnd.subscribe(onListening);
  return stop;
}

/** Undefined for a server that loopback does not reach: a Unix socket, or one address of a network. */
function addressOf(server: Server): string | undefined {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') return undefined;
  const host = loopbackNames[bound.address];
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return host === undefined ? undefined : `${scheme}://${host}:${bound.port}`;
}

const loopbackNames: Readonly<Record<string, string>> = {
  '127.0.0.1': '127.0.0.1',
  '0.0.0.0': '127.0.0.1',
  '::1': '[::1]',
  '::': 'localhost',
};
