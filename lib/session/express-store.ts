import session, { type SessionData } from 'express-session';
import type { SessionAccess } from '../stores/sessions.ts';
import type { HeldSessions } from './held-sessions.ts';

type Request = Parameters<session.Store['createSession']>[0];
type Done<T = void> = (error?: unknown, value?: T) => void;

type Access = SessionAccess<SessionData>;

/** A class of express-session's stores that a store of ours can extend. */
export type StoreClass = abstract new (access: Access) => session.Store;

/** express-session's own, where the engine has none. */
abstract class PlainStore extends session.Store {
  constructor(_access: Access) {
    super();
  }
}

/** With a callback, calls it outside of the promise: what it throws must not come back to it as an error of the store. */
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
 * express-session's store over ours: a `Base` whose reading and writing of single sessions is `held`'s. Each verb calls
 * back, and without a callback gives a promise, as connect-redis's do. `get`, `set` and `touch` take the secret id of the
 * cookie, `destroy` the public one too. A refused save is no error: the answer's headers are out by then.
 * Never emits `disconnect`, on which express-session would go on without sessions.
 */
export function expressStore(held: HeldSessions, Base: StoreClass = PlainStore): session.Store {
  class ExpressStore extends Base {
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
      // express-session holds the answer back until it is called: a store that cannot write must not.
      work.catch(() => undefined);
      return settle(Promise.resolve(), done);
    }

    override destroy(sid: string, done?: Done): Promise<void> {
      return settle(held.end(sid), done);
    }
  }
  return new ExpressStore({ dataOf: held.dataOf, recordOf: held.currentRecordOf, end: held.end });
}
