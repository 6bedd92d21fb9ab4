import { andThen, type MaybePromise } from '../and-then.ts';
import type { Settings } from '../settings/settings.ts';
import type { Ladder, Principal } from '../types.ts';
import { type Headers, identityHeaders } from './identity-headers.ts';

/** A header for an upstream. */
export type IdentityHeader = readonly [name: string, value: string];

type Dependencies = Readonly<{
  settings: Pick<Settings, 'identityHeaders' | 'authEnabled'>;
  ladder: Ladder;
  sign: { for(principal: Principal, audience: string): MaybePromise<string> };
}>;

/** Returns the headers that carry the principal to an upstream. A promise only when a new assertion must be signed. */
export type UpstreamIdentity = (principal: Principal, audience: string) => MaybePromise<readonly IdentityHeader[]>;

/**
 * Creates the identity headers of an installation: those of the presets, empty for an anonymous principal, and the
 * assertion. There are none when authentication is switched off.
 */
export function upstreamIdentity({ settings, ladder, sign }: Dependencies): UpstreamIdentity {
  const headersOf = identityHeaders(settings.identityHeaders, ladder);
  const complete = (headers: Headers, assertion: string): readonly IdentityHeader[] => [
    ...headers,
    ['X-Gatewarden-Assertion', assertion],
  ];

  return function identity(principal: Principal, audience: string) {
    if (!settings.authEnabled) return [];
    const headers = headersOf(principal);
    return andThen(sign.for(principal, audience), (assertion) => complete(headers, assertion));
  };
}
