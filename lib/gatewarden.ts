import type { Application, RequestHandler } from 'express';
import { SettingsError } from './errors.ts';
import type { Guards } from './express/guards.ts';
import type { Log } from './log.ts';
import { tooOldNode } from './node-version.ts';
import type { Decision } from './request/decide.ts';
import type { Explanation } from './request/explain.ts';
import type { RequestHead } from './request/extract/head.ts';
import type {
  ApiTokens,
  AuditLog,
  Clients,
  GateEvent,
  GateEventName,
  Invitations,
  Sessions,
  SignIn,
  Users,
} from './services.ts';
import { type RedactedSettings, redact } from './settings/index.ts';
import type { Options, Settings } from './settings/settings.ts';
import { announceSetup } from './start/announce-setup.ts';
import { compose } from './start/compose.ts';
import { gateOver, type InternalGate } from './start/gate.ts';
import { loadSettings } from './start/load-settings.ts';
import { ownLog } from './start/own-log.ts';
import { suppliedStores } from './stores/open.ts';
import type { Stores } from './stores/stores.ts';

/** Options of `gatewarden({ … })`: the settings, a log, and stores that the app supplies. */
export type GatewardenOptions = Options &
  Readonly<{
    /** The logger, such as a pino logger. Default: JSON lines on stderr, of `logLevel` and above. */
    log?: Log;
    /**
     * Stores in place of SQLite, MongoDB and Redis (`gatewarden/stores`). Several processes may share them: a change by one
     * takes effect in the others within a second. `gate.close()` closes them. Default: those that the settings name.
     */
    stores?: Stores;
  }>;

/** What `gatewarden()` resolves to: the guards for Express, the router, and the services behind the API. */
export interface Gatewarden extends Guards {
  /** Our pages and API as an Express application that learns its path when mounted; `prefix` overrides. */
  router(options?: { prefix?: string }): Application;
  /**
   * The metadata of the OAuth endpoints (RFC 8414) at the root of the host, as an Express application:
   * `app.use(gate.wellKnown())`. Clients that know only the issuer look for it there.
   */
  wellKnown(): Application;
  /** express-session (`req.session`) on the same store, for apps that keep data in it. */
  session(): RequestHandler;
  /** Why a request was or was not authenticated, without secrets. */
  explain(req: RequestHead): Promise<Explanation>;
  /** The decision on a request by the rules of the settings, without Express. Rejects only with an outage. */
  decide(req: RequestHead): Promise<Decision>;
  readonly users: Users;
  readonly tokens: ApiTokens;
  readonly clients: Clients;
  readonly sessions: Sessions;
  readonly invitations: Invitations;
  readonly audit: AuditLog;
  readonly signIn: SignIn;
  /** The resolved settings, `***` in place of each secret. Frozen. */
  readonly settings: RedactedSettings;
  /**
   * The link that creates the first admin. `base` is the public URL and path of the router. Undefined once there is an
   * admin. Anyone with the link can become the admin: print it, never log it.
   */
  setupLink(base: string): Promise<string | undefined>;
  /** Whether each store can answer, for health checks. Never rejects. */
  ready(): Promise<Readonly<{ ok: boolean; stores: readonly { store: string; ok: boolean; problem?: string }[] }>>;
  /**
   * Calls `listener` for each event of that name; the audit log records the same events. Returns an unsubscribe function.
   */
  on<Name extends GateEventName>(event: Name, listener: (event: GateEvent<Name>) => void): () => void;
  /** Closes the stores; requests in flight end in 503. */
  close(): Promise<void>;
}

/**
 * Gatewarden for an Express app. Settings come from `options`, then from the environment (`GATEWARDEN_*`). Rejects with
 * `SettingsError`, which has every problem at once, when a store cannot be opened, and when Node is older than 22.19.
 */
export async function gatewarden(options: GatewardenOptions = {}): Promise<Gatewarden> {
  const tooOld = tooOldNode(process.versions.node);
  if (tooOld !== undefined) throw new Error(tooOld);
  const { log, stores, ...given } = options;
  const resolved = loadSettings({ env: process.env, given, applies: 'middleware' });
  const { settings } = resolved;
  const opened = stores && suppliedStores(withoutStoreUrls(stores, settings));
  const installation = await compose(resolved, { log: log ?? ownLog(settings), ...(opened && { opened }) });
  const announcements: (() => void)[] = [];
  const close = async () => {
    for (const cancel of announcements) cancel();
    await installation.close();
  };
  const gate: InternalGate = gateOver({ ...installation, close }, (router) =>
    announcements.push(announceSetup(gate, router)),
  );
  return published(gate);
}

function withoutStoreUrls(stores: Stores, settings: Settings): Stores {
  const named = [settings.mongodbUrl && 'MONGODB_URL', settings.redisUrl && 'REDIS_URL'].filter(Boolean);
  if (named.length === 0) return stores;
  throw new SettingsError(named.map((name) => `${name}: cannot be given together with stores that the app brings`));
}

/** The public part of a gate. Each member is named here, so that a new internal one is not published by accident. */
export function published(gate: InternalGate): Gatewarden {
  const { guards, router, wellKnown, explain, decide, setupLink, ready, on, close } = gate;
  const { users, tokens, clients, sessions, invitations, audit, signIn } = gate;
  return Object.freeze({
    ...guards,
    ...{ router, wellKnown, explain, decide, setupLink, ready, on, close },
    ...{ users, tokens, clients, sessions, invitations, audit, signIn },
    session: () => gate.sessionHandler as RequestHandler,
    settings: redact(gate.settings),
  });
}
