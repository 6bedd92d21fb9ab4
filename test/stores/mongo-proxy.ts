import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

/** What becomes of one command, by a text in its bytes such as `findAndModify`. */
interface Interception {
  readonly command: string;
  /** `request`: it never reaches the server; `answer`: the server executes it. Then the connection is cut. */
  readonly lose: 'request' | 'answer';
  /** Awaited before the connection is cut. */
  readonly meanwhile?: () => Promise<unknown>;
}

export interface MongoProxy {
  readonly port: number;
  /** Applies to the next command only. */
  intercept(interception: Interception): void;
  /** From now on answers to commands with this text come so many milliseconds later. */
  delay(command: string, milliseconds: number): void;
  /** Closes all connections, and takes new ones again after this many milliseconds. */
  restart(milliseconds: number): Promise<void>;
  /** How many commands were lost or delayed. */
  readonly hits: number;
}

/** A proxy in front of a server, which loses or delays single commands. */
export async function mongoProxy(t: TestContext, serverPort: number): Promise<MongoProxy> {
  let next: Interception | undefined;
  let slow: { command: string; milliseconds: number } | undefined;
  let hits = 0;
  const sockets = new Set<Socket>();

  function cut(pair: readonly Socket[], meanwhile: Interception['meanwhile'] = async () => undefined): void {
    void meanwhile().finally(() => {
      for (const socket of pair) socket.destroy();
    });
  }

  function relay(client: Socket): void {
    const server = connect(serverPort, '127.0.0.1');
    const pair = [client, server];
    let [lostAnswer, late]: [Interception | undefined, number] = [undefined, 0];
    for (const socket of pair) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        for (const one of pair) one.destroy();
        sockets.delete(socket);
      });
    }
    client.on('data', (bytes) => {
      const hit = next !== undefined && bytes.includes(next.command) ? next : undefined;
      const isSlow = slow !== undefined && bytes.includes(slow.command);
      if (hit !== undefined) next = undefined;
      if (hit !== undefined || isSlow) hits += 1;
      if (isSlow) late = slow?.milliseconds ?? 0;
      if (hit?.lose === 'request') return cut(pair, hit.meanwhile);
      lostAnswer = hit;
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (lostAnswer !== undefined) return cut(pair, lostAnswer.meanwhile);
      const pause = late;
      late = 0;
      setTimeout(() => client.write(bytes), pause);
    });
  }

  let proxy = createServer(relay).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return {
    port,
    intercept: (interception) => {
      next = interception;
    },
    delay: (command, milliseconds) => {
      slow = { command, milliseconds };
    },
    async restart(milliseconds) {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await wait(milliseconds);
      proxy = createServer(relay).listen(port, '127.0.0.1');
      await once(proxy, 'listening');
    },
    get hits() {
      return hits;
    },
  };
}
