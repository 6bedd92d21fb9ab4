import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** A way to a Redis server, as a name in DNS is, that a test can cut and lead elsewhere. */
export interface RedisWay {
  readonly url: string;
  /** New connections lead to this port; those that are open stay. */
  lead(port: number): void;
  /** Breaks all connections and refuses new ones until `mend`. */
  cut(): void;
  mend(): void;
  /** The connections that have subscribed stay open and deliver nothing more; new ones do. */
  mute(): void;
}

export async function wayTo(t: TestContext, target: number): Promise<RedisWay> {
  const sockets = new Set<Socket>();
  let port = target;
  let isCut = false;
  let mutes = 0;

  function endAll(): void {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  }
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    const heardUntil = mutes + 1;
    let subscribed = false;
    near.on('data', (sent) => {
      subscribed ||= sent.includes('subscribe');
      far.write(sent);
    });
    far.on('data', (answer) => (subscribed && mutes >= heardUntil ? undefined : near.write(answer)));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    endAll();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return {
    url: `redis://127.0.0.1:${address.port}`,
    lead(to) {
      port = to;
    },
    cut() {
      isCut = true;
      endAll();
    },
    mend() {
      isCut = false;
    },
    mute() {
      mutes += 1;
    },
  };
}
