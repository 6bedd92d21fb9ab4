import type { Application, RequestHandler } from 'express';
import type { Core } from './core.ts';
import { expressGuards, type Guards } from './express/guards.ts';
import type { Log } from './log.ts';
import type { Decision } from './request/decide.ts';
import type { RequestHead } from './request/extract/head.ts';
import type { Explanation } from './request/identify.ts';
import type { Answer } from './request/respond/write.ts';
import type { IdentityHeader } from './request/upstream-identity.ts';
import { ownRoutes } from './routes/index.ts';
import type { ApiTokens, AuditLog, GateEvent, GateEventName, PasswordSignIn, Sessions, Users } from './services.ts';
import type { BrowserSessions } from './session/browser-sessions.ts';
import { loadSettings } from './settings/index.ts';
import type { Options, Settings } from './settings/settings.ts';
import { compose, type Installation } from './start/compose.ts';
import { ownLog } from './start/own-log.ts';
import type { Principal } from './types.ts';

/** What `gatewarden()` gives: the guards for Express, the router, the services, and what a gateway asks for. */
export interface Gatewarden extends Guards {
  /** Our pages and API as an Express application that learns its path when mounted; `prefix` overrides. */
  router(options?: { prefix?: string }): Application;
  /** express-session (`req.session`) on the same store, for apps that keep data in it. */
  session(): RequestHandler;
  /** Why a request was or was not authenticated, without secrets. */
  explain(req: RequestHead): Promise<Explanation>;
  /** The decision on a request by the rules of the settings, without Express. Rejects only with an outage. */
  decide(req: RequestHead): Promise<Decision>;
  /** The answer to a request that was not allowed. */
  answer(req: RequestHead, decision: Extract<Decision, { allow: false }>): Answer;
  /** The answer when a store cannot be asked: 503 with `Retry-After`. */
  outage(req: RequestHead): Answer;
  /**
   * All headers that tell an upstream who asks, the assertion among them. `audience` is the `aud` of the assertion.
   * A promise only when a new assertion had to be signed.
   */
  identity(principal: Principal, audience: string): readonly IdentityHeader[] | Promise<readonly IdentityHeader[]>;
  /**
   * Calls `onEnd` once the request would no longer be allowed: sign-out, revocation, role change, expiry. For sockets and
   * streams that outlive their decision. Gives the way to stop watching.
   */
  watch(req: RequestHead, decision: Extract<Decision, { allow: true }>, onEnd: () => void): () => void;
  readonly users: Users;
  readonly tokens: ApiTokens;
  readonly sessions: Sessions;
  readonly audit: AuditLog;
  readonly signIn: PasswordSignIn;
  readonly firstAdmin: Core['firstAdmin'];
  /** The names of our cookies, which no upstream may see or set. */
  readonly cookieNames: BrowserSessions['cookieNames'];
  /** The `Set-Cookie` value that clears the session cookie, for answers to a decision with `clearCookie`. */
  readonly clearCookieHeader: string;
  readonly settings: Settings;
  /** The link that makes the first admin, for an address that people use; undefined once there is an admin. */
  setupLink(base: string): Promise<string | undefined>;
  /** Asks each store. */
  ready(): Promise<Readonly<{ ok: boolean; stores: readonly { store: string; ok: boolean; problem?: string }[] }>>;
  /** Which store holds what: for start-up lines. */
  describe(): Readonly<Record<string, string>>;
  /** Typed events, the same that the audit log keeps. Gives the way to stop listening. */
  on(event: GateEventName, listener: (event: GateEvent) => void): () => void;
  /** Closes the stores; what is in flight ends in 503. */
  close(): Promise<void>;
}

/**
 * Gatewarden for an Express app: settings from `GATEWARDEN_*`, `options` before them.
 * Throws `SettingsError` with every problem at once; rejects when a store cannot be opened.
 */
export async function gatewarden(options: Options = {}, parts: { log?: Log } = {}): Promise<Gatewarden> {
  const settings = loadSettings({ env: process.env, given: options, applies: 'middleware' });
  return gateOf(await compose(settings, { log: parts.log ?? ownLog(settings) }));
}

const plain = (link: string): void => void process.stderr.write(`No admin yet. Make the first one here: ${link}\n`);

/** The published object over an installation. */
export function gateOf(installation: Installation): Gatewarden {
  const { core, decide, decideBy, open, stores } = installation;
  let signInPath: (() => string) | undefined;

  const answer: Gatewarden['answer'] = (req, decision) =>
    installation.answer(req, decision, signInPath === undefined ? undefined : `${signInPath()}/login`);

  function announceSetup(prefix: string): void {
    const base = core.settings.publicUrl ?? `http://${core.settings.host}:${core.settings.port}`;
    setupLink(`${base}${prefix}`).then(
      (link) => (link === undefined ? undefined : plain(link)),
      (error) => core.log.error({ err: error }, 'the stores cannot answer'),
    );
  }

  async function setupLink(base: string): Promise<string | undefined> {
    if (!core.settings.authEnabled || !(await core.firstAdmin.needed())) return undefined;
    return `${base}/setup?token=${core.firstAdmin.setupToken()}`;
  }

  return {
    ...expressGuards({ core, decideBy, answerTo: answer }),
    router({ prefix } = {}) {
      const app = ownRoutes(core, prefix === undefined ? {} : { prefix });
      signInPath = () => prefix ?? app.path();
      const isGateway = core.settings.upstream !== undefined;
      if (!isGateway) app.on('mount', () => announceSetup(signInPath?.() ?? ''));
      return app;
    },
    session: () => core.browserSessions.handler as RequestHandler,
    explain: (req) => core.requests.explain(req),
    decide,
    answer,
    outage: (req) => core.requests.answer(req, { code: 'store_unavailable' }),
    identity: installation.identity,
    watch: (req, decision, onEnd) => open.watch(req, decision.principal, onEnd),
    users: core.users,
    tokens: core.tokens,
    sessions: core.sessions,
    audit: core.audit,
    signIn: core.signIn,
    firstAdmin: core.firstAdmin,
    cookieNames: core.browserSessions.cookieNames,
    clearCookieHeader: core.browserSessions.clearCookieHeader,
    settings: core.settings,
    setupLink,
    async ready() {
      const health = await stores.health();
      return { ok: health.every((one) => one.ok), stores: health };
    },
    describe: () => stores.describe(),
    on: installation.on,
    close: installation.close,
  };
}
