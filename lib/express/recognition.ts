import type { Request } from 'express';
import type {} from 'passport';
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

/** The implementation of `req.login` and `req.logout`. */
export interface SignInByRequest {
  signIn(req: Request, user: { id?: string; username?: string }): Promise<void>;
  signOut(req: Request): Promise<void>;
}

const by = Symbol('what authenticated this request');
const who = Symbol('the principal of this request');
type Recognised = Request & { [by]: SignInByRequest; [who]: Principal };

function login(this: Recognised, user: Express.User, ...rest: readonly unknown[]) {
  return settle(this[by].signIn(this, user), callbackIn(rest));
}

function logout(this: Recognised, ...given: readonly unknown[]) {
  return settle(this[by].signOut(this), callbackIn(given));
}

const isKnown = ({ auth }: Partial<Pick<Request, 'auth'>>): boolean => auth !== undefined && auth.kind !== 'anonymous';

function isAuthenticated(this: Recognised): boolean {
  return isKnown(this);
}

function isUnauthenticated(this: Recognised): boolean {
  return !isKnown(this);
}

const seenAs = new WeakMap<Principal, Express.User>();

function userOf(principal: Principal): Express.User {
  let seen = seenAs.get(principal);
  if (seen === undefined) {
    const { id, name: username, role, displayName, email } = principal;
    seen = Object.freeze({ id, username, role, displayName, email });
    seenAs.set(principal, seen);
  }
  return seen;
}

const user = {
  configurable: true,
  get(this: Recognised): Express.User | undefined {
    return isKnown(this) ? userOf(this.auth) : undefined;
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

/** Sets `req.auth` to another principal, as sign-in and sign-out do. */
export function isNow(req: Request, principal: Principal): void {
  req.auth = principal;
  (req as Recognised)[who] = principal;
}

/**
 * Sets `req.auth`, and provides Passport's `user`, `isAuthenticated`, `login` and `logout`. Those are defined on the
 * prototype of an app's requests, so that a request that does not use them costs nothing.
 */
export function recogniseAs(req: Request, principal: Principal, own: SignInByRequest): void {
  const prototype: object = Object.getPrototypeOf(req);
  if (!equipped.has(prototype)) equip(prototype);
  (req as Recognised)[by] = own;
  isNow(req, principal);
}

/** The principal of a request that was recognised with `own`, else undefined: other middleware may set `req.auth` to anything. */
export function recognisedBy(req: Request, own: SignInByRequest): Principal | undefined {
  const known = req as Partial<Recognised>;
  return known[by] === own ? known[who] : undefined;
}
