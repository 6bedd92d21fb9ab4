import type { IdentityField, IdentityHeader, IdentityPreset } from '../settings/identity-header.ts';
import { withoutHazards } from '../text.ts';
import type { Ladder, Principal } from '../types.ts';

export type Headers = readonly (readonly [name: string, value: string])[];

type Fact = IdentityField | 'piped';
type Row = readonly [name: string, fact: Fact];

/** The headers of each preset, in order. authentik separates groups by `|`, all others by commas. */
const presetTable: Readonly<Record<IdentityPreset, readonly Row[]>> = {
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
 * Creates the function that returns the chosen headers for an upstream: every header, empty for an anonymous
 * principal. Values are UTF-8 as Node expects it (one character a byte), without hazardous characters. The headers of a
 * principal are frozen and kept for as long as the principal object lives.
 */
export function identityHeaders(chosen: readonly IdentityHeader[], ladder: Ladder): (principal: Principal) => Headers {
  const headersByPrincipal = new WeakMap<Principal, Headers>();
  const rows = identityRows(chosen);
  return function headersOf(principal) {
    const kept = headersByPrincipal.get(principal);
    if (kept !== undefined) return kept;
    const facts = factsOf(principal, ladder);
    const headers = Object.freeze(rows.map(([name, fact]) => Object.freeze([name, facts[fact]] as const)));
    headersByPrincipal.set(principal, headers);
    return headers;
  };
}

const rowsOf = (chosen: IdentityHeader): readonly Row[] =>
  isPreset(chosen) ? presetTable[chosen] : [rowOf(chosen.split('='))];

/** The setting is valid: a value that is not a preset is `Header=field`. */
const rowOf = ([name = '', field = '']: readonly string[]): Row => [name, isField(field) ? field : 'user'];

const isPreset = (chosen: string): chosen is IdentityPreset => Object.hasOwn(presetTable, chosen);
const isField = (field: string): field is IdentityField => Object.hasOwn(nobody, field);

/** The first field counts for a header that is named twice. */
function identityRows(chosen: readonly IdentityHeader[]): readonly Row[] {
  const rows = chosen.flatMap(rowsOf);
  const first = new Map<string, Row>();
  for (const row of rows) if (!first.has(row[0].toLowerCase())) first.set(row[0].toLowerCase(), row);
  return [...first.values()];
}

/** The names of the chosen headers. A client's headers of these names are never passed on. */
export const identityHeaderNames = (chosen: readonly IdentityHeader[]): readonly string[] =>
  identityRows(chosen).map(([name]) => name);

const nobody: Readonly<Record<Fact, string>> = {
  user: '',
  email: '',
  name: '',
  role: '',
  id: '',
  groups: '',
  piped: '',
};

function factsOf(principal: Principal, ladder: Ladder): Readonly<Record<Fact, string>> {
  if (principal.kind === 'anonymous') return nobody;
  const user = principal.kind === 'client' ? principal.id : principal.name;
  // Without the lowest role, which every request has.
  const roles = ladder.names.slice(1, ladder.position(principal.role) + 1).reverse();
  const scopes = principal.scopes.filter((scope) => !scope.startsWith('gatewarden:'));
  const groups = [...roles, ...scopes.map((scope) => `scope:${scope}`)];
  return {
    user: headerValue(user),
    email: headerValue(principal.email ?? ''),
    name: headerValue(principal.displayName ?? user),
    role: headerValue(principal.role),
    id: headerValue(principal.id),
    groups: headerValue(groups.join(',')),
    piped: headerValue(groups.join('|')),
  };
}

function headerValue(text: string): string {
  return Buffer.from(withoutHazards(text).trim(), 'utf8').toString('latin1');
}
