import type { Connection } from './connection.ts';

const everyMs = 250;

/**
 * Calls its listeners when another connection, of this process or another, has written, and when that cannot be checked.
 * Polls only while there is a listener.
 */
export function foreignChanges(db: Connection) {
  const listeners = new Set<() => void>();
  const version = db.statement('PRAGMA data_version');
  let timer: NodeJS.Timeout | undefined;
  let seen: unknown;

  function look(): unknown {
    try {
      return version.get()?.data_version;
    } catch {
      return undefined;
    }
  }
  function poll(): void {
    const found = look();
    const changed = found === undefined || found !== seen;
    seen = found;
    if (changed) for (const listener of listeners) listener();
  }
  function start(): void {
    seen = look();
    timer = setInterval(poll, everyMs).unref();
  }
  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    listen(listener: () => void): () => void {
      const own = () => listener();
      listeners.add(own);
      if (timer === undefined) start();
      return () => {
        listeners.delete(own);
        if (listeners.size === 0) stop();
      };
    },
    stop,
  };
}
