import session, { type SessionData } from 'express-session';
import type { SessionAccess } from '../stores/sessions.ts';
import type { HeldSessions } from './held-sessions.ts';

type Request = Parameters<session.Store['createSession']>[0];
type Done<T = void> = (error?: unknown, value?: T) => void;

type Access = SessionAccess<SessionData>;

/** A class of session store for express-session that `expressStore` can extend. */
export type StoreClass = abstract new (access: Access) => session.Store;

/** The default: express-session's `Store`. */
abstract class PlainStore extends session.Store {
  constructor(_access: Access) {
    super();
  }
}

/** Calls a callback outside of the promise, so that what it throws is not reported to it as an error of the store. */
function settle<T>(work: Promise<T>, done: Done<T> | undefined): Promise<T | undefined> {
  if (done === undefined) return work;
  return work.then(
    (value) => {
      process.nextTick(() => done(null, value));
      return value;
    },
    (error) => {
      process.nextTick(() => done(error));
      return undefined;
    },
  );
}

/**
 * A store for express-session: extends `StoreBase`, and reads and writes single sessions through `held`. Each method calls back,
 * or returns a promise without a callback, as those of connect-redis. `get`, `set` and `touch` take the secret id from the
 * cookie, `destroy` the public id too. A refused save is not an error: the response's headers are sent by then. Never emits
 * `disconnect`, after which express-session would continue without sessions.
 */
export function expressStore(held: HeldSessions, StoreBase: StoreClass = PlainStore): session.Store {
  class ExpressStore extends StoreBase {
    override get(sid: string, done?: Done<SessionData | null>): Promise<SessionData | null | undefined> {
      return settle(held.load(sid), done);
    }

    override createSession(req: Request, loaded: SessionData): session.Session & SessionData {
      const made = super.createSession(req, loaded);
      held.renamed(loaded, made);
      return made;
    }

    override set(sid: string, data: SessionData, done?: Done): Promise<void> {
      return settle(held.save(sid, data), done);
    }

    override touch(sid: string, data: SessionData, done?: Done): Promise<void> {
      const work = held.touch(sid, data);
      if (done === undefined) return work;
      // express-session delays the response until the callback: a store that cannot write must not block it.
      work.catch(() => undefined);
      return settle(Promise.resolve(), done);
    }

    override destroy(sid: string, done?: Done): Promise<void> {
      return settle(held.end(sid), done);
    }
  }
  return new ExpressStore({ dataOf: held.dataOf, recordOf: held.currentRecordOf, end: held.end });
}
