import type { Request, Response } from 'express';
import type {} from 'passport';
import type { Core } from './core.ts';
import type { Origin, Principal } from './types.ts';

declare global {
  namespace Express {
    /** What `req.user` is, for those who come from Passport. `req.auth` says more. */
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

/** Calls back, or where there is no callback leaves the promise to the caller. */
function settle(work: Promise<void>, done: Done | undefined): Promise<void> | undefined {
  if (done === undefined) return work;
  work.then(() => done(), done);
  return undefined;
}

const callbackIn = (given: readonly unknown[]): Done | undefined =>
  given.find((one): one is Done => typeof one === 'function');

/** Sets `req.auth` and what Passport's users expect on a request: `user`, `isAuthenticated`, `login`, `logout`. */
export function passportFields(
  core: Core,
): (req: Request, res: Response, principal: Principal, origin: Origin) => void {
  const seenAs = new WeakMap<Principal, Express.User>();

  function userOf(principal: Principal): Express.User | undefined {
    if (principal.kind === 'anonymous') return undefined;
    let user = seenAs.get(principal);
    if (user === undefined) {
      const { id, name: username, role, displayName, email } = principal;
      user = Object.freeze({ id, username, role, displayName, email });
      seenAs.set(principal, user);
    }
    return user;
  }

  function become(req: Request, principal: Principal): void {
    req.auth = principal;
    req.user = userOf(principal);
  }

  async function signIn(
    req: Request,
    res: Response,
    address: string,
    user: { id?: string; username?: string },
  ): Promise<void> {
    const { users } = core.stores;
    const record = user.id ? await users.byId(user.id) : await users.byName((user.username ?? '').toLowerCase());
    if (record?.state !== 'active') throw new TypeError('req.login: there is no active user of that id or username');
    const asking = { address, agent: req.get('user-agent') };
    const session = await core.browserSessions.begin(req, res, record, { method: 'login', remember: false, asking });
    become(
      req,
      core.principals.ofUser(record, { via: 'session', sessionId: session.id, expiresAt: session.expiresAt }),
    );
  }

  async function signOut(req: Request, res: Response): Promise<void> {
    const { via, id, sessionId } = req.auth;
    if (via === 'session') await core.browserSessions.end(req, res);
    if (via === 'access-token' && sessionId) await core.sessions.end(id, sessionId, { principal: req.auth });
    become(req, core.anonymous);
  }

  return function setPassportFields(req, res, principal, origin) {
    become(req, principal);
    req.isAuthenticated = (() => req.auth.kind !== 'anonymous') as typeof req.isAuthenticated;
    req.isUnauthenticated = (() => req.auth.kind === 'anonymous') as typeof req.isUnauthenticated;
    const login = (user: Express.User, ...rest: readonly unknown[]) =>
      settle(signIn(req, res, origin.address, user), callbackIn(rest));
    const logout = (...given: readonly unknown[]) => settle(signOut(req, res), callbackIn(given));
    req.login = req.logIn = login as typeof req.login;
    req.logout = req.logOut = logout as typeof req.logout;
  };
}
