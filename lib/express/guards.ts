// Users see `req.user`, `req.login`, `req.session` and the others typed: the references must stay in what is published.
/// <reference types="passport" preserve="true" />
/// <reference types="express-session" preserve="true" />
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { type MaybePromise, settle } from '../and-then.ts';
import type { Core } from '../core.ts';
import type { Refusal } from '../errors.ts';
import { StoreUnavailableError } from '../errors.ts';
import { cleanUrl } from '../request/authorize/clean-url.ts';
import type { Decision, Denied } from '../request/decide.ts';
import type { RequestHead } from '../request/extract/head.ts';
import type { ClearCookie, Identification } from '../request/identify.ts';
import { refusalOf } from '../request/respond/outage.ts';
import type { Answer } from '../request/respond/write.ts';
import { writeAnswer } from '../request/respond/write.ts';
import type { RouteOptions, RoutePolicies } from '../request/route-policies.ts';
import type { Principal } from '../types.ts';
import { headOf } from './head.ts';
import { recogniser } from './passport.ts';
import { decidedTwice, mountWarning } from './protect.ts';

// Declared here, since the declarations of this file are part of what is published.
declare global {
  namespace Express {
    interface Request {
      /** The principal of the request. Set by `gate.authenticate()` or `fromGateway()`, and never undefined after it. */
      auth: Principal;
    }
  }
}

/** Middleware for Express apps. */
export interface Guards {
  /** Authenticates the request: sets `req.auth` and Passport's fields. A bad credential is refused here. */
  authenticate(): RequestHandler;
  /** Requires `role` or a higher one. Throws TypeError for a role that the ladder does not have. */
  requireRole(role: string): RequestHandler;
  /**
   * Requires the user whose name `owner` returns, such as `(req) => req.params.owner`, or with `or` that role or a higher
   * one. A client never matches, and no principal does when `owner` returns undefined or a list (the parameter of a
   * wildcard). Throws TypeError for a role that the ladder does not have.
   */
  requireSelf(
    owner: (req: Request) => string | readonly string[] | undefined,
    options?: { or?: string },
  ): RequestHandler;
  /** Requires a scope. Throws TypeError for one that `GATEWARDEN_SCOPES` does not declare. */
  requireScope(scope: string): RequestHandler;
  /**
   * Applies rules in the language of `RULES`; a request that no rule matches is for admins. Default: the rules of the
   * settings. Throws `SettingsError` for invalid rules.
   */
  protect(options?: { rules?: string }): RequestHandler;
}

type Dependencies = Readonly<{
  core: Core;
  /** The route of the settings. */
  ownRoute: RoutePolicies;
  routePolicies: (options?: RouteOptions) => RoutePolicies;
  answerTo: (head: RequestHead, denied: Denied, requestId?: string) => Answer;
}>;

/** The refusal for a principal that is signed in but not allowed. */
type Denial = Refusal & Readonly<{ code: 'insufficient_role' | 'insufficient_scope'; detail: string }>;

/** Express middleware over the request path. */
export function expressGuards({ core, ownRoute: policies, routePolicies, answerTo }: Dependencies): Guards {
  const { ladder, scopes } = core;
  const { recognise, principalOf } = recogniser(core);

  /** Answers with the request id of the app's own middleware, where it has one. Returns that id. */
  function write(req: Request, res: Response, denied: Denied): string {
    const sent = res.getHeader('X-Request-Id');
    const answer = answerTo(headOf(req), denied, typeof sent === 'string' ? sent : undefined);
    writeAnswer(req, res, answer);
    return String(answer.headers['X-Request-Id']);
  }

  /** Returns the request id. */
  function refuse(
    req: Request,
    res: Response,
    refusal: Refusal,
    more: { clearCookie?: ClearCookie; retry?: boolean } = {},
  ): string {
    const { clearCookie = false, retry = false } = more;
    const principal = principalOf(req) ?? core.anonymous;
    const denied: Denied = { allow: false, principal, refusal, clearCookie, retry };
    core.onRefusal(headOf(req), denied);
    return write(req, res, denied);
  }

  function deny(req: Request, res: Response, denial: Denial): void {
    const nobody = (principalOf(req) ?? core.anonymous).kind === 'anonymous';
    refuse(req, res, nobody ? { code: 'missing_credential' } : denial);
  }

  function outage(req: Request, res: Response, next: NextFunction, error: unknown): void {
    if (error instanceof StoreUnavailableError) {
      const requestId = refuse(req, res, refusalOf(error));
      core.log.error({ err: error, store: error.store, requestId }, 'a store cannot answer');
    } else next(error);
  }

  /** Identifies the request; undefined when it was answered, or an error was passed to `next`. */
  function identify(req: Request, res: Response, next: NextFunction): MaybePromise<Identification> | undefined {
    const clean = cleanUrl(req.url);
    if (!clean.ok) {
      refuse(req, res, { code: 'ambiguous_path', detail: clean.detail });
      return undefined;
    }
    try {
      // The target as sent: an absolute one names a host, which must be that of the Host header.
      const found = core.identify(headOf(req), 'closed', policies);
      req.url = clean.url;
      return found;
    } catch (error) {
      outage(req, res, next, error);
      return undefined;
    }
  }

  /** Calls `then` once the request is identified; answers a request that is refused. */
  function recognised(req: Request, res: Response, next: NextFunction, then: () => void): void {
    const found = identify(req, res, next);
    if (found === undefined) return;
    settle(
      found,
      (settled) => accept(req, res, settled, then),
      (error) => outage(req, res, next, error),
    );
  }

  function accept(req: Request, res: Response, found: Identification, then: () => void): void {
    if ('principal' in found && found.refusal === undefined) {
      recognise(req, found.principal, found.source);
      then();
    } else refuse(req, res, found.refusal ?? { code: 'invalid_token' }, 'principal' in found ? found : {});
  }

  function guard(name: string, passes: (principal: Principal, req: Request) => boolean, no: Denial): RequestHandler {
    let isWarned = false;

    /** Express compares the mount path with the undecoded path, so that `/%61dmin` bypasses a guard mounted at `/admin`. */
    function warnOfMount(req: Request): void {
      if (isWarned || req.baseUrl === '') return;
      isWarned = true;
      core.log.warn(
        { guard: name, mount: req.baseUrl.slice(0, 200) },
        'a guard below a mount path runs without authenticate() before it: a path in another spelling bypasses it',
      );
    }

    function pass(req: Request, res: Response, next: NextFunction): void {
      let passed = false;
      try {
        passed = open() || passes(principalOf(req) ?? core.anonymous, req);
      } catch (error) {
        // The app's own function may throw, and after a look-up nothing else would catch that.
        next(error);
        return;
      }
      if (passed) next();
      else deny(req, res, no);
    }
    return function gatewardenGuard(req, res, next) {
      if (principalOf(req) !== undefined) return pass(req, res, next);
      warnOfMount(req);
      recognised(req, res, next, () => pass(req, res, next));
    };
  }

  /** Continues with a request that `protect()` allows, or answers it. */
  function pass(req: Request, res: Response, next: NextFunction, decision: Decision): void {
    if (!decision.allow) return void write(req, res, decision);
    const clean = cleanUrl(req.url);
    if (!clean.ok) return void refuse(req, res, { code: 'ambiguous_path', detail: clean.detail });
    req.url = clean.url;
    if (decision.clearCookie) res.append('Set-Cookie', core.browserSessions.clearCookieHeader);
    recognise(req, decision.principal, decision.source);
    next();
  }

  const open = (): boolean => !core.settings.authEnabled;
  const needed = (role: string): string => {
    if (!ladder.has(role)) throw new TypeError(`role "${role}" is not one of ${ladder.names.join(', ')}`);
    return role;
  };

  return {
    authenticate() {
      return function authenticate(req, res, next) {
        recognised(req, res, next, next);
      };
    },

    requireRole(role) {
      needed(role);
      const detail = `This needs the role ${role}.`;
      const isHigh = ({ role: held }: Principal) => ladder.atLeast(held, role);
      return guard(`requireRole('${role}')`, isHigh, { code: 'insufficient_role', detail, role });
    },

    requireSelf(owner, { or } = {}) {
      if (or !== undefined) needed(or);
      const isSelf = ({ kind, name }: Principal, req: Request) => kind === 'user' && owner(req) === name;
      const isAbove = ({ role }: Principal) => or !== undefined && ladder.atLeast(role, or);
      const no: Denial = { code: 'insufficient_role', detail: 'This belongs to another user.' };
      return guard('requireSelf', (principal, req) => isSelf(principal, req) || isAbove(principal), no);
    },

    requireScope(scope) {
      if (!scopes.has(scope)) throw new TypeError(`scope "${scope}" is not declared in GATEWARDEN_SCOPES`);
      const detail = `This needs the scope ${scope}.`;
      const holds = ({ scopes: held }: Principal) => held.includes(scope);
      return guard(`requireScope('${scope}')`, holds, { code: 'insufficient_scope', detail, scope });
    },

    protect({ rules } = {}) {
      const guarded = rules === undefined ? policies : routePolicies({ rules });
      const warnOfMount = mountWarning(core.log, guarded.rules);
      return function protect(req, res, next) {
        warnOfMount(req.baseUrl);
        decidedTwice(core.decider, req, guarded).then(
          (decision) => pass(req, res, next, decision),
          (error) => outage(req, res, next, error),
        );
      };
    },
  };
}
