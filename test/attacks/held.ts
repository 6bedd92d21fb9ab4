import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A connection that somebody keeps open: an event stream or a WebSocket of the legacy app. */
export interface Held {
  readonly open: boolean;
  /** Resolves once it is closed, whoever closed it. */
  readonly closed: Promise<void>;
  letGo(): void;
}

export type Credential = Readonly<Record<string, string>>;

function held(closed: Promise<void>, letGo: () => void): Held {
  let open = true;
  const watched = closed.then(() => {
    open = false;
  });
  return {
    get open() {
      return open;
    },
    closed: watched,
    letGo,
  };
}

/** Opens the event stream and has its first event; throws when it is refused. */
export async function heldStream(url: string, headers: Credential): Promise<Held> {
  const response = await fetch(`${url}/events`, { headers });
  const reader = response.body?.getReader();
  if (response.status !== 200 || reader === undefined) throw new Error(`the stream answered ${response.status}`);
  await reader.read();
  async function toTheEnd(stream: ReadableStreamDefaultReader): Promise<void> {
    while (!(await stream.read()).done);
  }
  return held(
    toTheEnd(reader).catch(() => undefined),
    () => void reader.cancel(),
  );
}

/** Opens the WebSocket and has its first message; rejects when it is refused. */
export async function heldSocket(url: string, headers: Credential): Promise<Held> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/socket`, { headers: { origin: url, ...headers } });
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').then(() => undefined);
  await Promise.race([
    once(socket, 'message'),
    closed.then(() => Promise.reject(new Error('the WebSocket was refused'))),
  ]);
  return held(closed, () => socket.terminate());
}

/** Both at once. */
export const heldOpen = (url: string, headers: Credential): Promise<Held[]> =>
  Promise.all([heldStream(url, headers), heldSocket(url, headers)]);

/** Rejects unless all of them are closed within `ms`. */
export async function closedWithin(ms: number, all: readonly Held[]): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`still open after ${ms} ms: ${all.map((one) => one.open)}`)), ms);
  await Promise.race([Promise.all(all.map((one) => one.closed)), promise]);
  clearTimeout(timer);
}
