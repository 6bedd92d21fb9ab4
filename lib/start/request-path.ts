import { autoLoginName } from '../accounts/local-user.ts';
import type { Core } from '../core.ts';
import type { Result } from '../errors.ts';
import type { FigureKeeper } from '../figures/index.ts';
import type { Log } from '../log.ts';
import type { Brand } from '../pages/brand/brand.ts';
import { accessTokenAuthenticator } from '../request/authenticate/access-token.ts';
import { apiTokenAuthenticator } from '../request/authenticate/api-token.ts';
import { autoLogin } from '../request/authenticate/auto-login.ts';
import type { CredentialCache } from '../request/authenticate/cache.ts';
import { chain } from '../request/authenticate/chain.ts';
import type { Principals } from '../request/authenticate/principal.ts';
import { sessionAuthenticator } from '../request/authenticate/session.ts';
import { pathOwner } from '../request/authorize/own-paths.ts';
import { autoLoginMayRead, comesFromOurselves } from '../request/authorize/same-origin.ts';
import { decider } from '../request/decide.ts';
import { explainer } from '../request/explain.ts';
import { extractor } from '../request/extract/index.ts';
import { isNavigation } from '../request/extract/navigation.ts';
import { sourceReader } from '../request/extract/source.ts';
import { explainHypothetically } from '../request/hypothetical.ts';
import { identifier } from '../request/identify.ts';
import type { Policies } from '../request/policies.ts';
import { hostIsServed, type RouteTable } from '../request/route-table.ts';
import { type SignInMode, signInSites } from '../request/sign-in-sites.ts';
import type { AccessTokenClaims, RecordEvent } from '../services.ts';
import { ownPathsOf } from '../settings/index.ts';
import type { Settings } from '../settings/settings.ts';
import type { Stores } from '../stores/stores.ts';
import type { Principal } from '../types.ts';
import { denialRecorder } from './denials.ts';
import { type ClearedCookies, refusalAnswers } from './refusal-answers.ts';

type Dependencies = Readonly<{
  settings: Settings;
  policies: Policies;
  brand: Brand;
  routes: RouteTable;
  signInMode: () => SignInMode;
  stores: Pick<Stores, 'records' | 'sessions'>;
  principals: Principals;
  cache: CredentialCache;
  record: RecordEvent;
  counters: Pick<FigureKeeper, 'decided' | 'refused'>;
  log: Log;
  issuer: string;
  clock: () => number;
  cookieName: string;
  cleared: ClearedCookies;
  sessionIdIn: (cookie: string) => string | undefined;
  verify: (token: string) => Promise<Result<AccessTokenClaims>>;
}>;

/** The part of `Core` that identifies, decides on and answers requests. */
export type RequestPath = Pick<
  Core,
  | 'identify'
  | 'locate'
  | 'authenticate'
  | 'decider'
  | 'decidesAgain'
  | 'explain'
  | 'explainHypothetically'
  | 'routesInForce'
  | 'signInSites'
  | 'brand'
  | 'answer'
  | 'answerBroken'
  | 'onRefusal'
>;

/** Builds the request path. Creates the auto-login user when the settings name none. */
export async function composeRequestPath(dependencies: Dependencies): Promise<RequestPath> {
  const { settings, policies, principals, record, counters, brand } = dependencies;
  const shared = await identifierDependencies(dependencies);
  const { identify, locate, presented } = identifier(shared);
  const { anonymous } = principals;
  const recordRefusal = denialRecorder({ record, readSource: sourceReader(settings) });
  const onRefusal: Core['onRefusal'] = (head, denied) => {
    counters.refused(denied.refusal.code);
    recordRefusal(head, denied);
  };
  const deciderDependencies = {
    identify,
    locate,
    routes: dependencies.routes,
    ownerOf: pathOwner(ownPathsOf(settings)),
    ladder: policies.ladder,
    authEnabled: settings.authEnabled,
    anonymous,
  };
  const onVerdict = (): void => undefined;
  // `explain` refuses nobody, so it records nothing.
  const hypothetical = decider({ ...deciderDependencies, onVerdict, onRefusal: () => undefined });
  return {
    identify,
    locate,
    authenticate: (credential) =>
      shared.authenticate({ kind: 'credentials', credentials: [credential], foreign: false }),
    decider: decider({ ...deciderDependencies, onRefusal, onVerdict: counters.decided }),
    decidesAgain: decider({ ...deciderDependencies, onRefusal, onVerdict }),
    explain: explainer({ route: hypothetical.route, presented, anonymous, authEnabled: settings.authEnabled }),
    explainHypothetically: (request) => explainHypothetically({ settings, policies }, request, dependencies.routes),
    routesInForce: () => dependencies.routes.all(),
    signInSites: signInSites({ settings, hostIsServed: shared.hostIsServed, mode: dependencies.signInMode }),
    brand,
    ...refusalAnswers({ settings, brand, cleared: dependencies.cleared }),
    onRefusal,
  };
}

async function identifierDependencies(dependencies: Dependencies): Promise<Parameters<typeof identifier>[0]> {
  const { settings, policies, principals, cache, stores, issuer, clock, cookieName, sessionIdIn, verify, log } =
    dependencies;
  const shared = { records: stores.records, sessions: stores.sessions, principals, cache, clock };
  return {
    authEnabled: settings.authEnabled,
    anonymous: principals.anonymous,
    readSource: sourceReader({ ...settings, onIgnored: warnOfIgnored(log) }),
    hostIsServed: hostIsServed(settings, policies, dependencies.routes),
    extract: extractor({ cookieName, issuer }),
    authenticate: chain({
      session: sessionAuthenticator({ ...shared, sessionIdIn, idle: settings.sessionIdle }),
      apiToken: apiTokenAuthenticator(shared),
      accessToken: accessTokenAuthenticator({ ...shared, verify }),
      lowerOf: principals.lowerOf,
    }),
    autoLogin: settings.autoLogin ? await autoLoginOf(dependencies) : undefined,
    comesFromOurselves,
    autoLoginMayRead,
    isNavigation,
  };
}

/** At most this many addresses are logged, for any client may send such headers. */
const mostLogged = 5;

/** Logs once per address that its forwarding headers are ignored: behind an untrusted proxy all users share its address. */
function warnOfIgnored(log: Log): (peer: string) => void {
  const logged = new Set<string>();
  return function warn(peer) {
    if (logged.has(peer) || logged.size >= mostLogged) return;
    logged.add(peer);
    const text = 'X-Forwarded-* headers are ignored: add this address to TRUSTED_PROXIES if it is your proxy';
    log.warn({ address: peer, setting: 'GATEWARDEN_TRUSTED_PROXIES' }, text);
  };
}

async function autoLoginOf({ settings, policies, stores, principals, cache, clock, record }: Dependencies) {
  const { autoLoginRole: ceiling, autoLoginNetworks: networks } = settings;
  const nameKey = await autoLoginName(stores.records, settings, policies.ladder.rung('admin'));
  const used = ({ name }: Principal, { address }: { address: string }) =>
    void record({ event: 'auto-login.used', actor: name, via: 'auto-login', address, outcome: 'ok' });
  return autoLogin({ records: stores.records, principals, cache, clock, nameKey, ceiling, networks, used });
}
