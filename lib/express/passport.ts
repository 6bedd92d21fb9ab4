import type { Request, Response } from 'express';
import type { Core } from '../core.ts';
import { NotToldError } from '../errors.ts';
import { grantsOf } from '../request/authenticate/principal.ts';
import type { RequestSource } from '../request/extract/source.ts';
import { userWithId, userWithName } from '../services/named-user.ts';
import type { Caller } from '../services.ts';
import type { Principal } from '../types.ts';
import { isNow, recogniseAs, recognisedBy, type SignInByRequest } from './recognition.ts';

const from = Symbol('the source of this request');
type Sourced = Request & { [from]: RequestSource };

/** How one gate marks the requests that it authenticated. */
export interface Recognition {
  recognise(req: Request, principal: Principal, source: RequestSource): void;
  /**
   * The principal of the request if this gate has authenticated it, else undefined. `req.auth` is for handlers to read: other
   * middleware (express-jwt, express-basic-auth, another gate) may set it to anything.
   */
  principalOf(req: Request): Principal | undefined;
}

/** How a gate recognises requests in Express: `req.login` and `req.logout` begin and end its sessions. */
export function recogniser(core: Core): Recognition {
  const own: SignInByRequest = {
    async signIn(req, wanted) {
      const { records } = core.stores;
      const caller = callerOf(req);
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
    async signOut(req) {
      const principal = recognisedBy(req, own) ?? core.anonymous;
      const { via, name, sessionId } = principal;
      const caller = callerOf(req);
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
      (req as Sourced)[from] = source;
      recogniseAs(req, principal, own);
    },
    principalOf: (req) => recognisedBy(req, own),
  };
}

const callerOf = (req: Request): Caller => ({
  address: (req as Sourced)[from].address,
  agent: req.get('user-agent')?.slice(0, 400),
});

function responseOf(req: Request): Response {
  if (req.res === undefined) throw new TypeError('this is not a request of an Express app');
  return req.res;
}
