import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on loopback between a client and a server, which tests cut, hold and lead elsewhere. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection, and refuses new ones until `mend`. */
  cut(): void;
  /** Keeps every connection open and passes nothing on, as a network that loses packets would, until `mend`. */
  hold(): void;
  mend(): void;
  /** Ends every connection; new ones go to this port. */
  lead(port: number): void;
  /** Ends the connections whose client has sent this text, such as a command, in any case; returns how many. */
  cutThoseThatSent(text: string): number;
}

type Pair = { readonly client: Socket; readonly server: Socket; sent: string };

/** How much of what a client sends is remembered, in characters. */
const remembered = 4096;

/** Starts a proxy to this port of loopback. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let port = target;
  let state: 'open' | 'cut' | 'held' = 'open';

  function end(pair: Pair): void {
    pair.client.destroy();
    pair.server.destroy();
    pairs.delete(pair);
  }
  function endAll(): void {
    for (const pair of pairs) end(pair);
  }
  function pass({ client, server }: Pair): void {
    client.pipe(server);
    server.pipe(client);
  }
  function accept(client: Socket): void {
    if (state === 'cut') return void client.destroy();
    const pair: Pair = { client, server: connect(port, '127.0.0.1'), sent: '' };
    pairs.add(pair);
    client.on('data', (data) => {
      if (pair.sent.length < remembered) pair.sent += data.toString('latin1');
    });
    for (const socket of [client, pair.server]) socket.on('error', () => end(pair)).on('close', () => end(pair));
    if (state === 'open') pass(pair);
    else client.pause();
  }

  const listener = createServer(accept).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');

  return {
    port: address.port,
    cut() {
      state = 'cut';
      endAll();
    },
    hold() {
      state = 'held';
      for (const { client, server } of pairs) {
        client.unpipe(server).pause();
        server.unpipe(client).pause();
      }
    },
    mend() {
      const held = state === 'held';
      state = 'open';
      if (held) for (const pair of pairs) pass(pair);
    },
    lead(other) {
      port = other;
      endAll();
    },
    cutThoseThatSent(text) {
      const those = [...pairs].filter(({ sent }) => sent.toLowerCase().includes(text.toLowerCase()));
      for (const pair of those) end(pair);
      return those.length;
    },
    async [Symbol.asyncDispose]() {
      endAll();
      listener.close();
      await once(listener, 'close');
    },
  };
}
