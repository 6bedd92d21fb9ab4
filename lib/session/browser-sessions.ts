import type { IncomingMessage, ServerResponse } from 'node:http';
import session, { type Session, type SessionData } from 'express-session';

import { sha256 } from '../crypto/digest.ts';
import { randomBase62 } from '../crypto/random.ts';
import { StoreUnavailableError } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { cookieValues, decodeCookie } from '../net/cookies.ts';
import { isOfEpoch } from '../services/standing.ts';
import type { Caller, RecordEvent } from '../services.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { SessionRecord } from '../stores/sessions.ts';
import type { Stores } from '../stores/stores.ts';
import { type CookieSettings, clearedEverywhere, sessionCookie } from './cookie.ts';
import { namedSessionEnder } from './end-named.ts';
import { expressStore, type StoreClass } from './express-store.ts';
import { heldSessions } from './held-sessions.ts';
import { type Identity, sessionKeeping, visitor } from './keeping.ts';
import { signedSessionId } from './signed-cookie.ts';

/** A session that is to take the place of another one. */
export interface Successor {
  /** Its public id. */
  readonly id: string;
  /** The session that it was copied from. */
  readonly of: SessionRecord;
  /** Removes it before it took the place: no cookie is sent. */
  discard(): Promise<void>;
  /** Ends it: no cookie is sent. */
  end(): Promise<void>;
}

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
    user: Pick<UserRecord, 'id' | 'epoch'>,
    options: { method: string; remember: boolean; caller: Caller },
  ): Promise<SessionRecord>;
  /**
   * Copies a session to a new id, with the same user, times and data. The copy is saved before this resolves, and its cookie is
   * sent with the headers unless it is discarded or ended. `undefined` when the user has no such session.
   */
  prepareSuccessor(
    req: IncomingMessage,
    res: ServerResponse,
    session: Readonly<{ id: string; user: UserRecord }>,
  ): Promise<Successor | undefined>;
  /**
   * Ends the session that the request's cookie names, and clears the cookie. One that the session store does not know is noted as
   * ended all the same, and one that has ended is told again. `everywhere`: its user's record is told again too.
   */
  end(req: IncomingMessage, res: ServerResponse, options?: Readonly<{ everywhere?: boolean }>): Promise<void>;
  /** The public ids of the sessions that the request's cookies are signed for, whether they are valid or not. */
  namedBy(req: IncomingMessage): readonly string[];
  /** The `Set-Cookie` value that clears the session cookie. */
  readonly clearCookieHeader: string;
  /** The `Set-Cookie` values that clear every cookie of this name that may have been set for a host and a path. */
  clearedEverywhere(hostname: string, path: string): string[];
  /** The names of Gatewarden's cookies, which no upstream may see or set. */
  readonly cookieNames: readonly string[];
}

export type BrowserSessionDependencies = Readonly<{
  settings: CookieSettings & Readonly<{ sessionIdle: number; sessionLifetime: number; sessionsPerUser: number }>;
  /** Keys of the cookie's signature: the first signs, all verify. */
  secrets: readonly string[];
  stores: Pick<Stores, 'records' | 'sessions'>;
  bus: InvalidationBus;
  record: RecordEvent;
  /** The class that the session store extends. Default: express-session's `Store`. */
  expressStore?: StoreClass | undefined;
  /** Milliseconds since the epoch. */
  clock: () => number;
}>;

type Handler = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;
type Held = Session & SessionData;
type WithSession = IncomingMessage & {
  session?: Held | undefined;
  /** Set by express-session, like `session`. */
  sessionStore?: Readonly<{ generate(req: IncomingMessage): void }>;
};

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

function expressSession(
  parts: Readonly<{ cookie: ReturnType<typeof sessionCookie>; secrets: readonly string[]; store: session.Store }>,
): Handler {
  const { cookie, secrets, store } = parts;
  const middleware = session({
    name: cookie.name,
    secret: [...secrets],
    store,
    cookie: cookie.options,
    genid: () => randomBase62(idLength),
    resave: false,
    saveUninitialized: false,
    rolling: false,
  }) as Handler;
  return cookie.secure ? overTls(middleware) : middleware;
}

/** The public ids of the sessions that the cookies of a name are signed for. */
function idsIn(header: string, name: string, secrets: readonly string[]): string[] {
  const secretIds = cookieValues(header, name).map((value) => signedSessionId(decodeCookie(value), secrets));
  return secretIds.filter((secretId) => secretId !== undefined).map(sha256);
}

async function orWithoutSession<T>(req: WithSession, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Else express-session would try once more to save the session when the answer goes out, and send its cookie.
    req.session = undefined;
    throw error;
  }
}

/** Creates the browser sessions: express-session over the session store. */
export function browserSessions(dependencies: BrowserSessionDependencies): BrowserSessions {
  const { settings, secrets, stores, clock } = dependencies;
  const cookie = sessionCookie(settings);
  const identities = new WeakMap<object, Identity>();
  const identityOf = (held: object) => identities.get(held) ?? visitor;
  const { sessionLifetime: lifetime } = settings;
  const keeping = sessionKeeping({ ...dependencies, identityOf });
  const sessions = heldSessions(keeping);
  const store = expressStore(sessions, dependencies.expressStore);
  const handler = expressSession({ cookie, secrets, store });
  const endNamed = namedSessionEnder(dependencies);
  const namedBy = (req: IncomingMessage) => idsIn(req.headers.cookie ?? '', cookie.name, secrets);

  async function loaded(req: WithSession, res: ServerResponse): Promise<Held> {
    if (req.session === undefined) await called((done) => handler(req, res, done));
    if (req.session === undefined) throw new StoreUnavailableError('session');
    return req.session;
  }

  /** Ends every session that the request's cookies name: there may be two, or one that is already invalid. */
  async function endAllNamed(req: WithSession, options?: Parameters<BrowserSessions['end']>[2]): Promise<void> {
    for (const id of namedBy(req)) await endNamed({ id }, options);
  }

  /** Starts a session with a new id; the previous one is ended in the store. */
  async function regenerated(req: WithSession, res: ServerResponse): Promise<Held> {
    const before = await loaded(req, res);
    await endAllNamed(req);
    await called((done) => before.regenerate(done));
    return loaded(req, res);
  }

  async function save(held: Session, identity: Identity): Promise<SessionRecord> {
    identities.set(held, identity);
    if (identity.remember) held.cookie.maxAge = (identity.expiresAt ?? clock() + lifetime) - clock();
    await called((done) => held.save(done));
    const record = sessions.recordOf(held);
    if (record === undefined) throw new StoreUnavailableError('session');
    return record;
  }

  async function begin(
    req: WithSession,
    res: ServerResponse,
    user: Pick<UserRecord, 'id' | 'epoch'>,
    options: Parameters<BrowserSessions['begin']>[3],
  ): Promise<SessionRecord> {
    const { method, remember, caller } = options;
    const agent = caller.agent?.slice(0, 512);
    return orWithoutSession(req, async () => {
      const held = await regenerated(req, res);
      return save(held, { userId: user.id, epoch: user.epoch, method, remember, address: caller.address, agent });
    });
  }

  /** What the app has written to the session in this very request, else what the store has. */
  function dataOf(before: Held, session: SessionRecord): object {
    const held = sessions.recordOf(before)?.id === session.id ? sessions.currentRecordOf(before) : undefined;
    const { cookie: _, ...data }: Partial<SessionData> = sessions.dataOf(held ?? session) ?? {};
    return data;
  }

  const prepareSuccessor: BrowserSessions['prepareSuccessor'] = async (req: WithSession, res, { id, user }) => {
    const of = await stores.sessions.find(id, clock());
    if (of?.userId !== user.id || !isOfEpoch(of, user)) return undefined;
    const { id: _, kind: _kind, idleAt: _idleAt, lastSeenAt: _seen, data: _data, ...identity } = of;
    return orWithoutSession(req, async () => {
      const data = dataOf(await loaded(req, res), of);
      // Not `regenerate`: that would end the old one, which is valid until its user's record names the new one.
      req.sessionStore?.generate(req);
      const held = Object.assign(await loaded(req, res), data);
      const successor = await save(held, { ...identity, epoch: user.epoch });
      return { id: successor.id, of, ...endingsOf(req, successor.id) };
    });
  };

  function endingsOf(req: WithSession, id: string): Pick<Successor, 'discard' | 'end'> {
    return {
      async discard() {
        req.session = undefined;
        await stores.sessions.end(id);
      },
      async end() {
        req.session = undefined;
        await keeping.end(id);
      },
    };
  }

  async function end(req: WithSession, res: ServerResponse, options?: Parameters<BrowserSessions['end']>[2]) {
    await endAllNamed(req, options);
    const begun = req.session && sessions.recordOf(req.session);
    if (begun) await keeping.end(begun.id);
    // Without a session, express-session neither saves one nor sets its cookie when the response ends.
    req.session = undefined;
    res.appendHeader('Set-Cookie', cookie.clearCookieHeader);
  }

  return {
    handler,
    begin,
    prepareSuccessor,
    end,
    namedBy,
    clearCookieHeader: cookie.clearCookieHeader,
    clearedEverywhere: (hostname, path) => clearedEverywhere(cookie, hostname, path),
    cookieNames: cookie.names,
  };
}
