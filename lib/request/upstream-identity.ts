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
 * Tells upstreams who asks (section 8 of the contract): the preset headers, empty when anonymous, and the assertion. Nothing
 * where authentication is switched off. A promise only when a new assertion had to be signed.
 */
export function identityTeller({ settings, ladder, sign }: Dependencies) {
  const presets = settings.identityHeaders;
  const complete = (told: Headers, assertion: string): readonly IdentityHeader[] => [
    ...told,
    ['X-Gatewarden-Assertion', assertion],
  ];

  return function identity(principal: Principal, audience: string) {
    if (!settings.authEnabled) return [];
    const told = identityHeaders(principal, presets, ladder);
    const assertion = sign.for(principal, audience);
    return typeof assertion === 'string' ? complete(told, assertion) : assertion.then((text) => complete(told, text));
  };
}
