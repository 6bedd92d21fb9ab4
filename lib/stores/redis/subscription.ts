import { type Link, linkTo } from './link.ts';
import type { Target } from './url.ts';

/** A connection that is subscribed to one channel. */
export interface Subscription {
  /** Resolves once it is subscribed. */
  open(): Promise<void>;
  /** Closes the connection and opens another. */
  renew(): void;
  /** The last failure, for people. */
  readonly problem: string | undefined;
  close(): void;
}

export function subscription(target: Target, channel: string, hear: (text: string) => void): Subscription {
  let link: Link | undefined;
  let closed = false;

  async function open(): Promise<void> {
    if (closed) throw new Error('it is closed');
    const fresh = linkTo(target);
    link = fresh;
    await fresh.connect();
    await fresh.subscribe(channel, hear);
  }

  return {
    open,
    renew() {
      link?.close();
      // A failure shows as silence of the channel, after which the bus renews again.
      void open().catch(() => undefined);
    },
    get problem() {
      return link?.problem;
    },
    close() {
      closed = true;
      link?.close();
    },
  };
}
