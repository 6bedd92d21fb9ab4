import { withoutHazards } from '../text.ts';
import type { Ladder, Principal } from '../types.ts';

export type Preset = 'x-forwarded' | 'remote' | 'x-auth-request' | 'x-authentik';
export type Headers = readonly (readonly [name: string, value: string])[];

type Fact = 'user' | 'email' | 'name' | 'id' | 'groups' | 'piped';

/** The headers of each preset, in order. authentik separates groups by `|`, all others by commas. */
const presetTable: Readonly<Record<Preset, readonly (readonly [name: string, fact: Fact])[]>> = {
  'x-forwarded': [
    ['X-Forwarded-User', 'user'],
    ['X-Forwarded-Email', 'email'],
    ['X-Forwarded-Groups', 'groups'],
    ['X-Forwarded-Preferred-Username', 'user'],
  ],
  remote: [
    ['Remote-User', 'user'],
    ['Remote-Email', 'email'],
    ['Remote-Groups', 'groups'],
    ['Remote-Name', 'name'],
  ],
  'x-auth-request': [
    ['X-Auth-Request-User', 'user'],
    ['X-Auth-Request-Email', 'email'],
    ['X-Auth-Request-Groups', 'groups'],
    ['X-Auth-Request-Preferred-Username', 'user'],
  ],
  'x-authentik': [
    ['X-authentik-username', 'user'],
    ['X-authentik-email', 'email'],
    ['X-authentik-name', 'name'],
    ['X-authentik-groups', 'piped'],
    ['X-authentik-uid', 'id'],
  ],
};

/**
 * Makes the function that writes the headers of these presets for an upstream: every header, empty for an anonymous
 * principal. Values are UTF-8 as Node takes it (one character a byte), without hazardous characters. The headers of a
 * principal are frozen and kept for as long as the principal object lives.
 */
export function identityHeaders(presets: readonly Preset[], ladder: Ladder): (principal: Principal) => Headers {
  const headersByPrincipal = new WeakMap<Principal, Headers>();
  const rows = presets.flatMap((preset) => presetTable[preset]);
  return function headersOf(principal) {
    const kept = headersByPrincipal.get(principal);
    if (kept !== undefined) return kept;
    const facts = factsOf(principal, ladder);
    const headers = Object.freeze(rows.map(([name, fact]) => Object.freeze([name, facts[fact]] as const)));
    headersByPrincipal.set(principal, headers);
    return headers;
  };
}

const nobody: Readonly<Record<Fact, string>> = { user: '', email: '', name: '', id: '', groups: '', piped: '' };

function factsOf(principal: Principal, ladder: Ladder): Readonly<Record<Fact, string>> {
  if (principal.kind === 'anonymous') return nobody;
  const user = principal.kind === 'client' ? principal.id : principal.name;
  const roles = ladder.names.slice(0, ladder.position(principal.role) + 1).reverse();
  const groups = [...roles, ...principal.scopes.map((scope) => `scope:${scope}`)];
  return {
    user: headerValue(user),
    email: headerValue(principal.email ?? ''),
    name: headerValue(principal.displayName ?? user),
    id: headerValue(principal.id),
    groups: headerValue(groups.join(',')),
    piped: headerValue(groups.join('|')),
  };
}

function headerValue(text: string): string {
  return Buffer.from(withoutHazards(text).trim(), 'utf8').toString('latin1');
}
