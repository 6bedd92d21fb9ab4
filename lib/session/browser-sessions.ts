import type { IncomingMessage, ServerResponse } from 'node:http';
import session, { type Session } from 'express-session';

import { sha256 } from '../crypto/digest.ts';
import { randomBase62 } from '../crypto/random.ts';
import { StoreUnavailableError } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { cookieValues, decodeCookie } from '../net/cookies.ts';
import type { Caller } from '../services.ts';
import type { UserRecord } from '../stores/records/users.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';
import { type CookieSettings, clearedEverywhere, sessionCookie } from './cookie.ts';
import { expressStore, type StoreClass } from './express-store.ts';
import { heldSessions } from './held-sessions.ts';
import { type Identity, sessionKeeping, visitor } from './keeping.ts';
import { signedSessionId } from './signed-cookie.ts';

/** Browser sessions, through express-session. */
export interface BrowserSessions {
  /**
   * The middleware of express-session: loads the session into `req.session`. Runs on Gatewarden's pages and on demand
   * only.
   */
  handler(req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void): void;
  /**
   * Signs a user in: starts a session with a new id, saved before it resolves. The cookie is sent with the response's
   * headers. The session that the request came with is ended.
   */
  begin(
    req: IncomingMessage,
    res: ServerResponse,
    user: UserRecord,
    options: { method: string; remember: boolean; caller: Caller },
  ): Promise<SessionRecord>;
  /** Ends the session that the request's cookie names, and clears the cookie. */
  end(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** The `Set-Cookie` value that clears the session cookie. */
  readonly clearCookieHeader: string;
  /** The `Set-Cookie` values that clear every cookie of this name that may have been set for a host and a path. */
  clearedEverywhere(hostname: string, path: string): string[];
  /** The names of Gatewarden's cookies, which no upstream may see or set. */
  readonly cookieNames: readonly string[];
}

export type BrowserSessionDependencies = Readonly<{
  settings: CookieSettings & Readonly<{ sessionIdle: number; sessionLifetime: number }>;
  /** Keys of the cookie's signature: the first signs, all verify. */
  secrets: readonly string[];
  stores: Pick<Stores, 'sessions' | 'users'>;
  bus: InvalidationBus;
  /** The class that the session store extends. Default: express-session's `Store`. */
  expressStore?: StoreClass | undefined;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

type Handler = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;
type WithSession = IncomingMessage & { session?: Session | undefined };

const idLength = 40;

const called = (work: (done: (error?: unknown) => void) => unknown): Promise<void> =>
  new Promise((resolve, reject) => {
    work((error) => (error ? reject(error) : resolve()));
  });

/**
 * express-session silently omits a `Secure` cookie when the connection is not encrypted, as behind a proxy that terminates
 * TLS. `PUBLIC_URL` is https here, so the request counts as secure.
 */
function overTls(middleware: Handler): Handler {
  return function sessionOverTls(req, res, next) {
    Object.defineProperty(req, 'secure', { value: true, configurable: true });
    middleware(req, res, next);
  };
}

/** Creates the browser sessions: express-session over the session store. */
export function browserSessions(dependencies: BrowserSessionDependencies): BrowserSessions {
  const { settings, secrets, stores, bus, clock } = dependencies;
  const cookie = sessionCookie(settings);
  const identities = new WeakMap<object, Identity>();
  const identityOf = (held: object) => identities.get(held) ?? visitor;
  const { sessionIdle: idle, sessionLifetime: lifetime } = settings;
  const keeping = sessionKeeping({ stores, bus, idle, lifetime, clock, identityOf });
  const sessions = heldSessions(keeping);
  const middleware = session({
    name: cookie.name,
    secret: [...secrets],
    store: expressStore(sessions, dependencies.expressStore),
    cookie: cookie.options,
    genid: () => randomBase62(idLength),
    resave: false,
    saveUninitialized: false,
    rolling: false,
  }) as Handler;

  const handler = cookie.secure ? overTls(middleware) : middleware;

  async function loaded(req: WithSession, res: ServerResponse): Promise<Session> {
    if (req.session === undefined) await called((done) => handler(req, res, done));
    if (req.session === undefined) throw new StoreUnavailableError('session');
    return req.session;
  }

  /** Ends every session that the request's cookies name: there may be two, or one that is already invalid. */
  async function endNamed(req: WithSession): Promise<void> {
    for (const value of cookieValues(req.headers.cookie ?? '', cookie.name)) {
      const secretId = signedSessionId(decodeCookie(value), secrets);
      if (secretId === undefined) continue;
      const id = sha256(secretId);
      // The store may have lost the session while caches still hold it.
      if (!(await keeping.end(id))) await bus.publish({ kind: 'session', id });
    }
  }

  /** Starts a session with a new id; the previous one is ended in the store. */
  async function renewed(req: WithSession, res: ServerResponse): Promise<Session> {
    const before = await loaded(req, res);
    await endNamed(req);
    await called((done) => before.regenerate(done));
    return loaded(req, res);
  }

  async function save(held: Session, identity: Identity): Promise<SessionRecord> {
    identities.set(held, identity);
    if (identity.remember) held.cookie.maxAge = settings.sessionLifetime;
    await called((done) => held.save(done));
    const record = sessions.recordOf(held);
    if (record === undefined) throw new StoreUnavailableError('session');
    return record;
  }

  async function begin(
    req: WithSession,
    res: ServerResponse,
    user: UserRecord,
    options: Parameters<BrowserSessions['begin']>[3],
  ): Promise<SessionRecord> {
    const { method, remember, caller } = options;
    const agent = caller.agent?.slice(0, 512);
    try {
      const held = await renewed(req, res);
      return await save(held, { userId: user.id, epoch: user.epoch, method, remember, address: caller.address, agent });
    } catch (error) {
      // With a session, express-session would save it again when the response ends, and send its cookie.
      req.session = undefined;
      throw error;
    }
  }

  async function end(req: WithSession, res: ServerResponse): Promise<void> {
    await endNamed(req);
    const begun = req.session && sessions.recordOf(req.session);
    if (begun) await keeping.end(begun.id);
    // Without a session, express-session neither saves one nor sets its cookie when the response ends.
    req.session = undefined;
    res.appendHeader('Set-Cookie', cookie.clearCookieHeader);
  }

  return {
    handler,
    begin,
    end,
    clearCookieHeader: cookie.clearCookieHeader,
    clearedEverywhere: (hostname, path) => clearedEverywhere(cookie, hostname, path),
    cookieNames: cookie.names,
  };
}
