import { signInService } from '../accounts/sign-in.ts';
import { andThen, type MaybePromise } from '../and-then.ts';
import type { Core } from '../core.ts';
import type { Refusal } from '../errors.ts';
import { expressGuards, type Guards } from '../express/guards.ts';
import type { Log } from '../log.ts';
import { type Allowed, type Decider, type Decision, type Denied, isOwnPath } from '../request/decide.ts';
import type { Explanation } from '../request/explain.ts';
import type { RequestHead } from '../request/extract/head.ts';
import type { RequestSource } from '../request/extract/source.ts';
import type { Answer } from '../request/respond/write.ts';
import type { RouteOptions, RoutePolicies } from '../request/route-policies.ts';
import type { RouteTable } from '../request/route-table.ts';
import type { SignInMode } from '../request/sign-in-sites.ts';
import type { UpstreamIdentity } from '../request/upstream-identity.ts';
import { ownRoutes, wellKnownRoutes } from '../routes/index.ts';
import { questionAt } from '../routes/verify/endpoints.ts';
import { type ForwardAuthAnswer, forwardAuthOf } from '../routes/verify/forward-auth.ts';
import type { SignIn } from '../services.ts';
import type { BrowserSessions } from '../session/browser-sessions.ts';
import type { Settings } from '../settings/settings.ts';
import { compose, type Installation } from './compose.ts';
import type { Resolved } from './load-settings.ts';
import { ownLog } from './own-log.ts';

type Health = Awaited<ReturnType<Core['stores']['health']>>;

type Services = Pick<Core, 'users' | 'tokens' | 'clients' | 'sessions' | 'invitations' | 'audit' | 'firstAdmin'> &
  Readonly<{ signIn: SignIn }>;

/** A whole installation, for the gateway and the command; the published object shows a part of it. */
export interface InternalGate extends Services {
  /** The resolved settings, secrets included. */
  readonly settings: Settings;
  readonly log: Log;
  readonly guards: Guards;
  readonly on: Installation['on'];
  /** Our pages and API as an Express application that learns its path when mounted; `prefix` overrides. */
  router(options?: { prefix?: string }): ReturnType<typeof ownRoutes>;
  /** The OAuth metadata at the root of the host, as an Express application to mount without a path. */
  wellKnown(): ReturnType<typeof wellKnownRoutes>;
  /** express-session on the store of sessions. */
  readonly sessionHandler: BrowserSessions['handler'];
  explain(req: RequestHead): Promise<Explanation>;
  /** The decision on a request by the rules of the settings. Rejects only with an outage. */
  decide(req: RequestHead): Promise<Decision>;
  /** The decision by the route of the host and path, for targets that may be Gatewarden's own. A promise only when a store had to be read. */
  readonly route: Decider['route'];
  /** The route of the settings: the only one where no others are given. */
  readonly ownRoute: RoutePolicies;
  /** The route of a request without a decision; undefined when it has none. */
  readonly routeOf: Decider['routeOf'];
  /** The route of the settings, with what is given in their place. Throws `SettingsError` for invalid rules. */
  routePolicies(options?: RouteOptions): RoutePolicies;
  /** The decision on a request that is refused before any rule is read. */
  readonly refuse: Decider['refuse'];
  /**
   * The answer of forward-auth below `PREFIX`. Undefined for targets and methods that are none of its endpoints'. A promise only when
   * a store had to be read or an assertion must be signed.
   */
  verify(head: RequestHead): MaybePromise<ForwardAuthAnswer> | undefined;
  /** The answer to a request that was not allowed. */
  answer(head: RequestHead, denied: Denied, requestId?: string): Answer;
  /** The answer to an unexpected error. */
  answerBroken(head: RequestHead, requestId: string): Answer;
  /**
   * The URL of the sign-in for a request, which leads back to its target: a path on the host of the request, or an absolute one at
   * `PUBLIC_URL`. Undefined where there is no sign-in: without the pages, and with `AUTH_ENABLED=false`.
   */
  signInFor(source: RequestSource, target: string): string | undefined;
  /** The answer when a store is unavailable: 503 with `Retry-After`. */
  outage(req: RequestHead, requestId?: string): Answer;
  /** The headers that carry the user's identity to an upstream, the assertion included. */
  readonly identity: UpstreamIdentity;
  /**
   * Calls `onEnd` once the request would no longer be allowed: sign-out, revocation, role change, expiry. For sockets and
   * streams that outlive their decision. `outlasted`, asked at each decision, returns the route that the request is decided on by when
   * it has none any more; by default such a request ends. Returns a function that stops watching.
   */
  watch(
    head: RequestHead,
    decision: Allowed,
    onEnd: () => void,
    outlasted?: () => RoutePolicies | undefined,
  ): () => void;
  /** Decides on all watched requests again, by the routes that are in force: those that are not allowed any more end. */
  decideAll(): Promise<void>;
  /**
   * The marks of a route by which a request is known that passed through it before, on any instance with the same secret key. The
   * first is sent to the upstream; the others are of older keys.
   */
  hopMarks(route: string): readonly string[];
  /** The names of Gatewarden's cookies, which no upstream may see or set. */
  readonly cookieNames: BrowserSessions['cookieNames'];
  /** The `Set-Cookie` value that clears the session cookie, for answers to a decision with `clearCookie`. */
  readonly clearCookieHeader: string;
  /** The link that creates the first admin. `base`: public URL and path of the pages. Undefined once there is an admin. */
  setupLink(base: string): Promise<string | undefined>;
  /** Whether each store can answer. Never rejects. */
  ready(): Promise<Readonly<{ ok: boolean; stores: Health }>>;
  /** Which store holds which kind of record, for the log at start. */
  describe(): Readonly<Record<string, string>>;
  /** Closes the stores; requests in flight end in 503. */
  close(): Promise<void>;
}

type OpenOptions = Readonly<{
  log?: Log;
  serves?: boolean;
  routes?: RouteTable | undefined;
  /** Where people sign in: asked at each request, so that a reload may change it. Default: on the host of each service. */
  signIn?: (() => SignInMode) | undefined;
  /** How the services behind the gateway are. */
  upstreams?: Core['upstreams'] | undefined;
}>;

/**
 * Builds an installation from resolved settings. Rejects with `SettingsError` when the stores were created with another
 * secret key, and when a store cannot be opened. The options are those of `CompositionOptions`.
 */
export async function openGate(
  resolved: Resolved,
  { log = ownLog(resolved.settings), serves = true, routes, signIn, upstreams }: OpenOptions = {},
): Promise<InternalGate> {
  const given = { ...(routes && { routes }), ...(signIn && { signIn }), ...(upstreams && { upstreams }) };
  return gateOver(await compose(resolved, { log, serves, ...given }));
}

const servicesOf = ({
  users,
  tokens,
  clients,
  sessions,
  invitations,
  audit,
  firstAdmin,
  signIn,
  stores,
}: Core): Services => ({
  ...{ users, tokens, clients, sessions, invitations, audit, firstAdmin },
  signIn: signInService(signIn, stores),
});

/** The mounted router. Call its methods when they are needed: the app may be mounted in another one later. */
export type MountedRouter = Readonly<{
  /** The full path of the pages. */
  path(): string;
  /** The outermost app, the request listener of a server. */
  root(): unknown;
}>;

/** @param onMount called when an app mounts the pages */
export function gateOver(
  installation: Installation,
  onMount: (router: MountedRouter) => void = () => {},
): InternalGate {
  const { core, connections, stores, ownRoute, routePolicies } = installation;
  const { browserSessions, settings } = core;
  let signInPath: (() => string) | undefined;

  /** The path of the pages, if people can sign in there. */
  const signInPrefix = (): string | undefined => (settings.authEnabled ? signInPath?.() : undefined);

  function signInUrls(head: RequestHead, source: RequestSource | undefined): ((back: string) => string) | undefined {
    const prefix = signInPrefix();
    if (prefix === undefined) return undefined;
    return (back) => core.signInSites.urlFor(source ?? sourceOf(core, head), back, prefix);
  }

  const answer: InternalGate['answer'] = (head, denied, requestId) => {
    const { refusal, principal, source, clearCookie, retry } = denied;
    const prefix = signInPath?.();
    const signIn = signInUrls(head, source);
    const leadsToAccount = head.url === '/' && hasNothingBehind(core, refusal, source);
    const location = leadsToAccount ? `${prefix ?? settings.prefix}/account` : undefined;
    const about = { principal, source, requestId };
    return core.answer(head, refusal, { prefix, signIn, clearCookie, offerBasic: true, retry, location, ...about });
  };

  return {
    ...servicesOf(core),
    settings,
    log: core.log,
    guards: expressGuards({ core, ownRoute, routePolicies, answerTo: answer }),
    on: installation.on,
    router({ prefix } = {}) {
      const app = ownRoutes(core, prefix === undefined ? {} : { prefix });
      const path = () => prefix ?? app.path();
      signInPath = path;
      app.on('mount', () => onMount({ path, root: () => outermost(app) }));
      return app;
    },
    wellKnown: () => wellKnownRoutes(core, () => signInPath?.() ?? settings.prefix),
    sessionHandler: browserSessions.handler,
    ...decisionsOf(core, ownRoute),
    ownRoute,
    routePolicies,
    answer,
    signInFor(source, target) {
      const prefix = signInPrefix();
      return prefix === undefined ? undefined : core.signInSites.urlFor(source, target, prefix);
    },
    answerBroken: (head, requestId) => core.answerBroken(head, { requestId, prefix: signInPath?.() }),
    outage: (head, requestId) => core.answer(head, { code: 'store_unavailable' }, { requestId }),
    identity: installation.identity,
    watch: (head, decision, onEnd, outlasted) =>
      connections.watch(
        () => stillAllowed(core.decidesAgain, head, decision, outlasted?.()),
        decision.principal,
        onEnd,
      ),
    decideAll: connections.decideAll,
    hopMarks: installation.hopMarks,
    cookieNames: browserSessions.cookieNames,
    clearCookieHeader: browserSessions.clearCookieHeader,
    async setupLink(base) {
      if (!settings.authEnabled || !(await core.firstAdmin.needed())) return undefined;
      return `${base}/setup#token=${core.firstAdmin.setupToken()}`;
    },
    async ready() {
      const health = await stores.health();
      return { ok: health.every((one) => one.ok), stores: health };
    },
    describe: () => stores.describe(),
    close: installation.close,
  };
}

type Decisions = Pick<InternalGate, 'explain' | 'decide' | 'route' | 'routeOf' | 'refuse' | 'verify'>;

const decisionsOf = (core: Core, ownRoute: RoutePolicies): Decisions => ({
  explain: core.explain,
  decide: async (head) => core.decider.decide(head, ownRoute),
  route: core.decider.route,
  routeOf: core.decider.routeOf,
  refuse: core.decider.refuse,
  verify: forwardAuthBelow(core, core.settings.prefix),
});

function forwardAuthBelow(core: Core, prefix: string): InternalGate['verify'] {
  const answer = forwardAuthOf(core);
  const endpoints = `${prefix}/verify/`;
  return function verify(head) {
    const { url = '', method } = head;
    if (!url.startsWith(endpoints)) return undefined;
    const question = questionAt(url.slice(prefix.length));
    if (question === undefined || (method !== 'GET' && question.front !== 'envoy')) return undefined;
    return answer(question, head, prefix);
  };
}

/** At `ADMIN_URL`, and at a `PUBLIC_URL` that no route names, there is nothing but Gatewarden's own pages. */
function hasNothingBehind({ signInSites }: Core, { code }: Refusal, source: RequestSource | undefined): boolean {
  if (source === undefined) return false;
  return source.admin || (code === 'not_found' && signInSites.isPublic(source));
}

function sourceOf({ locate }: Core, head: RequestHead): RequestSource | undefined {
  const located = locate(head);
  return 'refusal' in located ? undefined : located;
}

/** A target that was forwarded is no path of Gatewarden's own, unless the settings have changed: then it ends. */
function stillAllowed(
  decider: Decider,
  head: RequestHead,
  { source }: Allowed,
  last: RoutePolicies | undefined,
): MaybePromise<Decision> {
  if (last !== undefined && decider.routeOf(head) === undefined) return decider.decideLocated(head, last, source);
  return andThen(decider.route(head), (decision) =>
    isOwnPath(decision) ? decider.refuse({ code: 'not_found' }) : decision,
  );
}

/** Express sets `parent` on an app that is mounted. */
function outermost(app: object): object {
  const parent: unknown = Reflect.get(app, 'parent');
  return typeof parent === 'function' ? outermost(parent) : app;
}
