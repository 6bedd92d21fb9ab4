import type { Settings } from '../settings/settings.ts';
import type { Ladder, Principal } from '../types.ts';
import { type Headers, identityHeaders } from './identity-headers.ts';

/** A header that tells an upstream something. */
export type IdentityHeader = readonly [name: string, value: string];

type Dependencies = Readonly<{
  settings: Pick<Settings, 'identityHeaders' | 'authEnabled'>;
  ladder: Ladder;
  sign: { for(principal: Principal, audience: string): string | Promise<string> };
}>;

/**
 * Makes the function that gives the identity headers for an upstream: those of the presets, empty when anonymous, and the
 * assertion; none where authentication is switched off. It returns a promise only when a new assertion has to be signed.
 */
export function identityTeller({ settings, ladder, sign }: Dependencies) {
  const headersOf = identityHeaders(settings.identityHeaders, ladder);
  const complete = (told: Headers, assertion: string): readonly IdentityHeader[] => [
    ...told,
    ['X-Gatewarden-Assertion', assertion],
  ];

  return function identity(principal: Principal, audience: string) {
    if (!settings.authEnabled) return [];
    const told = headersOf(principal);
    const assertion = sign.for(principal, audience);
    return typeof assertion === 'string' ? complete(told, assertion) : assertion.then((text) => complete(told, text));
  };
}
