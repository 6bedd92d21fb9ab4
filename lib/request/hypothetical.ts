import { Socket } from 'node:net';
import type { Settings } from '../settings/settings.ts';
import type { Via } from '../types.ts';
import { type KnownUser, principals } from './authenticate/principal.ts';
import { pathOwner } from './authorize/own-paths.ts';
import { comesFromOurselves } from './authorize/same-origin.ts';
import { decider } from './decide.ts';
import { type Explanation, explainer } from './explain.ts';
import type { RequestHead } from './extract/head.ts';
import { sourceReader } from './extract/source.ts';
import { identifier } from './identify.ts';
import type { Policies } from './policies.ts';
import { routePolicies } from './route-policies.ts';

/** A request that nobody has sent. */
export type HypotheticalRequest = Readonly<{
  method: string;
  /** As it would be sent: nothing of it is tidied. */
  target: string;
  /** The Host header. */
  host: string;
  /** The client's address. */
  address: string;
  /** Who would make it, and through what; absent: nobody. `ceiling` is the most that the credential may do. */
  by?: Readonly<{ user: KnownUser; via: Via; ceiling?: string | undefined }> | undefined;
}>;

/**
 * Explains what the gateway of these settings and policies would answer: by the function that decides on its requests,
 * with the principal given instead of looked up. The request counts as one of the site's own pages.
 */
export function explainHypothetically(
  { settings, policies }: Readonly<{ settings: Settings; policies: Policies }>,
  { method, target, host, address, by }: HypotheticalRequest,
): Promise<Explanation> {
  const headers = { host, 'sec-fetch-site': 'same-origin' };
  const rawHeaders = Object.entries(headers).flat();
  const head: RequestHead = { method, url: target, headers, rawHeaders, socket: new Socket() };
  const { anonymous, ofUser } = principals(policies.ladder, policies.scopes);
  const principal = by && ofUser(by.user, { via: by.via, ceiling: by.ceiling });
  const { identify, presented } = identifier({
    ...identifierDependencies(settings, policies, address),
    anonymous,
    authenticate: () => (principal === undefined ? { kind: 'nobody' } : { kind: 'principal', principal }),
  });
  const ownerOf = pathOwner(settings.prefix);
  const { ladder, rules } = policies;
  const { route } = decider({ identify, ownerOf, ladder, authEnabled: settings.authEnabled, anonymous, onRefusal });
  return explainer({ route, presented, anonymous })(head, routePolicies(settings, rules));
}

const onRefusal = (): void => undefined;

function identifierDependencies(settings: Settings, policies: Policies, address: string) {
  const readSource = sourceReader(settings);
  return {
    authEnabled: settings.authEnabled,
    readSource: (head: RequestHead) => {
      const source = readSource(head);
      return 'malformed' in source ? source : { ...source, address, peer: address };
    },
    hostIsServed: policies.hostIsServed,
    extract: () => ({ kind: 'credentials', credentials: [], foreign: false }) as const,
    autoLogin: undefined,
    comesFromOurselves,
    autoLoginMayRead: () => true,
    isNavigation: () => false,
  };
}
