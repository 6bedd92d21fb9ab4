import { Socket } from 'node:net';
import { ownPathsOf } from '../settings/index.ts';
import type { Settings } from '../settings/settings.ts';
import type { Via } from '../types.ts';
import { principals, type UserIdentity } from './authenticate/principal.ts';
import { pathOwner } from './authorize/own-paths.ts';
import { comesFromOurselves } from './authorize/same-origin.ts';
import { decider } from './decide.ts';
import { type Explanation, explainer } from './explain.ts';
import type { RequestHead } from './extract/head.ts';
import { sourceReader } from './extract/source.ts';
import { identifier } from './identify.ts';
import type { Policies } from './policies.ts';
import { routePolicies } from './route-policies.ts';
import { hostIsServed, oneRoute, type RouteTable } from './route-table.ts';

/** Who makes a request that was not sent, and with which kind of credential; `ceiling`: its highest role. */
export type HypotheticalCaller = Readonly<{ user: UserIdentity; via: Via; ceiling?: string | undefined }>;

/** A request to explain that was not sent. */
export type HypotheticalRequest = Readonly<{
  method: string;
  /** The request target as it would be sent; it is not normalised. */
  target: string;
  /** The Host header. */
  host: string;
  /** The client's address. */
  address: string;
  /** Absent: anonymous. */
  by?: HypotheticalCaller | undefined;
}>;

/**
 * Explains how a gateway with these settings and policies would decide, with the function that decides on its requests. The
 * principal is given instead of authenticated, and the request counts as same-origin. `routes`: default, the one of the settings.
 */
export function explainHypothetically(
  resolved: Readonly<{ settings: Settings; policies: Policies }>,
  { method, target, host, address, by }: HypotheticalRequest,
  routes: RouteTable = oneRoute(routePolicies(resolved)),
): Promise<Explanation> {
  const { settings, policies } = resolved;
  const headers = { host, 'sec-fetch-site': 'same-origin' };
  const rawHeaders = Object.entries(headers).flat();
  const head: RequestHead = { method, url: target, headers, rawHeaders, socket: new Socket() };
  const { anonymous, ofUser } = principals(policies.ladder, policies.scopes);
  const principal = by && ofUser(by.user, { via: by.via, ceiling: by.ceiling });
  const { identify, locate, presented } = identifier({
    ...identifierDependencies(settings, policies, address, routes),
    anonymous,
    authenticate: () => (principal === undefined ? { kind: 'nobody' } : { kind: 'principal', principal }),
  });
  const ownerOf = pathOwner(ownPathsOf(settings));
  const { ladder } = policies;
  const { authEnabled } = settings;
  const { route } = decider({
    identify,
    locate,
    ownerOf,
    routes,
    ladder,
    authEnabled,
    anonymous,
    onRefusal,
    onVerdict,
  });
  return explainer({ route, presented, anonymous, authEnabled })(head);
}

const onRefusal = (): void => undefined;
const onVerdict = (): void => undefined;

function identifierDependencies(settings: Settings, policies: Policies, address: string, routes: RouteTable) {
  const readSource = sourceReader(settings);
  return {
    authEnabled: settings.authEnabled,
    readSource: (head: RequestHead) => {
      const source = readSource(head);
      return 'malformed' in source ? source : { ...source, address, peer: address };
    },
    hostIsServed: hostIsServed(settings, policies, routes),
    extract: () => ({ kind: 'credentials', credentials: [], foreign: false }) as const,
    autoLogin: undefined,
    comesFromOurselves,
    autoLoginMayRead: () => true,
    isNavigation: () => false,
  };
}
