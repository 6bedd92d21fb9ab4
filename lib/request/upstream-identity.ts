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
  sign: {
    for(principal: Principal, audience: string): MaybePromise<string>;
    forRequest(
      principal: Principal,
      audience: string,
      request: Readonly<{ method: string; target: string }>,
    ): Promise<string>;
  };
}>;

/**
 * Returns the headers that carry the principal to the upstream of a route. A strict assertion is bound to the request `head`;
 * `sentTarget` returns the target that the upstream receives for the one that came in. Default: the same. A promise only when an
 * assertion must be signed.
 */
export type UpstreamIdentity = (
  principal: Principal,
  route: RoutePolicies,
  head: RequestHead,
  sentTarget?: (received: string) => string,
) => MaybePromise<readonly IdentityHeader[]>;

const asReceived = (target: string): string => target;

/**
 * Creates the identity headers of an installation: those of the presets, empty for an anonymous principal, and the
 * assertion. There are none when authentication is switched off.
 */
export function upstreamIdentity({ settings, sign }: Dependencies): UpstreamIdentity {
  const complete = (headers: Headers, assertion: string): readonly IdentityHeader[] => [
    ...headers,
    ['X-Gatewarden-Assertion', assertion],
  ];

  return function identity(principal, { identityOf, audience, assertion: mode }, head, sentTarget = asReceived) {
    if (!settings.authEnabled) return [];
    const headers = identityOf(principal);
    const signing =
      mode === 'strict'
        ? sign.forRequest(principal, audience, { method: head.method ?? 'GET', target: sentTarget(head.url ?? '/') })
        : sign.for(principal, audience);
    return andThen(signing, (assertion) => complete(headers, assertion));
  };
}
