import { type Link, linkTo } from './link.ts';
import type { Target } from './url.ts';

/** A connection that listens to one channel, and to nothing else. */
export interface Subscription {
  /** Resolves once it listens. */
  open(): Promise<void>;
  /** Gives this connection up and makes another. */
  renew(): void;
  /** What went wrong with it last. */
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
      // What fails is told by the channel's silence, and tried again after it.
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
