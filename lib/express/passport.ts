import type { Request, Response } from 'express';
import type {} from 'passport';
import type { Core } from '../core.ts';
import { NotToldError } from '../errors.ts';
import { grantsOf } from '../request/authenticate/principal.ts';
import type { RequestSource } from '../request/extract/source.ts';
import { userWithId, userWithName } from '../services/named-user.ts';
import type { Caller } from '../services.ts';
import type { Principal } from '../types.ts';

declare global {
  namespace Express {
    /** `req.user`, for code that was written for Passport. `req.auth` has more fields. */
    interface User {
      readonly id: string;
      readonly username: string;
      readonly role: string;
      readonly displayName?: string | undefined;
      readonly email?: string | undefined;
    }
  }
}

type Done = (error?: unknown) => void;

/** Calls back, or without a callback returns the promise. */
function settle(work: Promise<void>, done: Done | undefined): Promise<void> | undefined {
  if (done === undefined) return work;
  work.then(() => done(), done);
  return undefined;
}

const callbackIn = (given: readonly unknown[]): Done | undefined =>
  given.find((one): one is Done => typeof one === 'function');

/** The implementation of `req.user`, `req.login` and `req.logout` of one gate. */
interface Recogniser {
  userOf(principal: Principal): Express.User | undefined;
  signIn(req: Request, from: RequestSource, user: { id?: string; username?: string }): Promise<void>;
  signOut(req: Request, from: RequestSource): Promise<void>;
}

const by = Symbol('the gate that authenticated this request');
const from = Symbol('the source of this request');
const who = Symbol('the principal of this request');
type Recognised = Request & { [by]: Recogniser; [from]: RequestSource; [who]: Principal };

function isNow(req: Request, principal: Principal): void {
  req.auth = principal;
  (req as Recognised)[who] = principal;
}

function login(this: Recognised, user: Express.User, ...rest: readonly unknown[]) {
  return settle(this[by].signIn(this, this[from], user), callbackIn(rest));
}

function logout(this: Recognised, ...given: readonly unknown[]) {
  return settle(this[by].signOut(this, this[from]), callbackIn(given));
}

const isKnown = ({ auth }: Partial<Pick<Request, 'auth'>>): boolean => auth !== undefined && auth.kind !== 'anonymous';

function isAuthenticated(this: Recognised): boolean {
  return isKnown(this);
}

function isUnauthenticated(this: Recognised): boolean {
  return !isKnown(this);
}

const user = {
  configurable: true,
  get(this: Recognised): Express.User | undefined {
    return isKnown(this) ? this[by].userOf(this.auth) : undefined;
  },
  /** A value set by other code, such as another Passport strategy, replaces this property. */
  set(this: Recognised, value: unknown): void {
    Object.defineProperty(this, 'user', { value, writable: true, configurable: true, enumerable: true });
  },
};

const equipped = new WeakSet<object>();

function equip(prototype: object): void {
  equipped.add(prototype);
  const methods = { login, logIn: login, logout, logOut: logout, isAuthenticated, isUnauthenticated };
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
  Object.defineProperty(prototype, 'user', user);
}

/** How one gate marks the requests that it authenticated. */
export interface Recognition {
  recognise(req: Request, principal: Principal, source: RequestSource): void;
  /**
   * The principal of the request if this gate has authenticated it, else undefined. `req.auth` is for handlers to read: other
   * middleware (express-jwt, express-basic-auth, another gate) may set it to anything.
   */
  principalOf(req: Request): Principal | undefined;
}

/**
 * Sets `req.auth`, and provides Passport's `user`, `isAuthenticated`, `login` and `logout`. Those are defined on the
 * prototype of an app's requests, so that a request that does not use them costs nothing.
 */
export function recogniser(core: Core): Recognition {
  const seenAs = new WeakMap<Principal, Express.User>();

  const own: Recogniser = {
    userOf(principal) {
      let seen = seenAs.get(principal);
      if (seen === undefined) {
        const { id, name: username, role, displayName, email } = principal;
        seen = Object.freeze({ id, username, role, displayName, email });
        seenAs.set(principal, seen);
      }
      return seen;
    },
    async signIn(req, source, wanted) {
      const { records } = core.stores;
      const caller = callerOf(req, source);
      const record = await (wanted.id ? userWithId(records, wanted.id) : userWithName(records, wanted.username));
      if (record?.state !== 'active') throw new TypeError('req.login: there is no active user of that id or username');
      const options = { method: 'login', remember: false, caller };
      const { id: sessionId, expiresAt } = await core.browserSessions.begin(req, responseOf(req), record, options);
      const detail = { door: 'req.login' } as const;
      await core.record({
        event: 'login.succeeded',
        actor: record.username,
        via: 'none',
        ...caller,
        outcome: 'ok',
        detail,
      });
      isNow(req, core.principals.ofUser(record, { via: 'session', sessionId, expiresAt }));
    },
    async signOut(req, source) {
      const principal = (req as Recognised)[who];
      const { via, name, sessionId } = principal;
      const caller = callerOf(req, source);
      const recordEnd = () => core.record({ event: 'logout', actor: name, via, ...caller, outcome: 'ok' });
      if (via !== 'session' && via !== 'access-token') return isNow(req, core.anonymous);
      try {
        if (via === 'session') await core.browserSessions.end(req, responseOf(req));
        else if (sessionId) await core.sessions.end(name, sessionId, { principal, ...caller });
        for (const claims of grantsOf(principal)) await core.revokeGranted(claims, { principal, ...caller });
      } catch (error) {
        // The session has ended here, though not every other instance was told.
        if (error instanceof NotToldError) await recordEnd();
        throw error;
      } finally {
        isNow(req, core.anonymous);
      }
      await recordEnd();
    },
  };

  return {
    recognise(req, principal, source) {
      const prototype: object = Object.getPrototypeOf(req);
      if (!equipped.has(prototype)) equip(prototype);
      const known = req as Recognised;
      known[by] = own;
      known[from] = source;
      isNow(req, principal);
    },
    principalOf(req) {
      const known = req as Partial<Recognised>;
      return known[by] === own ? known[who] : undefined;
    },
  };
}

const callerOf = (req: Request, { address }: RequestSource): Caller => ({
  address,
  agent: req.get('user-agent')?.slice(0, 400),
});

function responseOf(req: Request): Response {
  if (req.res === undefined) throw new TypeError('this is not a request of an Express app');
  return req.res;
}
