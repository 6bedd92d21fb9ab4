import { andThen, type MaybePromise } from '../and-then.ts';
import type { Settings } from '../settings/settings.ts';
import type { Principal } from '../types.ts';
import type { RequestHead } from './extract/head.ts';
import type { Headers } from './identity-headers.ts';
import type { RoutePolicies } from './route-policies.ts';

/** A header for an upstream. */
export type IdentityHeader = readonly [name: string, value: string];

type Dependencies = Readonly<{
  settings: Pick<Settings, 'authEnabled'>;
  sign: { for(principal: Principal, audience: string): MaybePromise<string> };
}>;

/**
 * Returns the headers that carry the principal to the upstream of a route. `head`: the request, which a strict assertion is bound to.
 * A promise only when a new assertion must be signed.
 */
export type UpstreamIdentity = (
  principal: Principal,
  route: RoutePolicies,
  head: RequestHead,
) => MaybePromise<readonly IdentityHeader[]>;

/**
 * Creates the identity headers of an installation: those of the presets, empty for an anonymous principal, and the
 * assertion. There are none when authentication is switched off.
 */
export function upstreamIdentity({ settings, sign }: Dependencies): UpstreamIdentity {
  const complete = (headers: Headers, assertion: string): readonly IdentityHeader[] => [
    ...headers,
    ['X-Gatewarden-Assertion', assertion],
  ];

  return function identity(principal, { identityOf, audience }) {
    if (!settings.authEnabled) return [];
    const headers = identityOf(principal);
    return andThen(sign.for(principal, audience), (assertion) => complete(headers, assertion));
  };
}
