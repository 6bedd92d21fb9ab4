import type { Ladder, Rung, ScopeTable } from '../../types.ts';

/**
 * The built-in scopes, with the lowest role that may hold each: a credential with scopes needs them for Gatewarden's API.
 */
const ownScopes: readonly (readonly [name: string, least: Rung])[] = [
  ['gatewarden:read', 'viewer'],
  ['gatewarden:write', 'viewer'],
  ['gatewarden:admin', 'operator'],
  ['gatewarden:introspect', 'viewer'],
];

const scopeName = /^[A-Za-z0-9][A-Za-z0-9:._/-]{0,63}$/;

/**
 * Parses `GATEWARDEN_SCOPES` into the table of scopes: `deploy:write=operator,report:read`. The role after `=` is the lowest
 * that may hold the scope; default: viewer. The built-in scopes come first.
 * @throws TypeError that describes what is wrong with the text
 */
export function scopeTable(spec: string, ladder: Ladder): ScopeTable {
  const least = new Map(ownScopes.map(([name, rung]) => [name, ladder.rung(rung)]));
  for (const [name, role] of parseScopes(spec, ladder)) {
    if (least.has(name)) throw new TypeError(`The scope "${name}" is declared twice.`);
    least.set(name, role);
  }
  const names = Object.freeze([...least.keys()]);
  const held = ladder.names.map((role) => {
    return Object.freeze(names.filter((name) => ladder.atLeast(role, least.get(name) ?? 'admin')));
  });
  const heldBy = (role: string): readonly string[] => held[ladder.position(role)] ?? [];
  return Object.freeze({
    names,
    has: (scope: string) => least.has(scope),
    heldBy,
    narrow: (scopes: readonly string[], role: string) => heldBy(role).filter((scope) => scopes.includes(scope)),
  });
}

function parseScopes(spec: string, ladder: Ladder): readonly (readonly [string, string])[] {
  if (spec.trim() === '') return [];
  return spec.split(',').map((part) => {
    const [name = '', role = ladder.rung('viewer'), more] = part.split('=').map((word) => word.trim());
    if (!scopeName.test(name) || more !== undefined) throw new TypeError(`"${part.trim()}" is not a scope.`);
    if (name.startsWith('gatewarden:'))
      throw new TypeError(`"${name}": scopes that begin with gatewarden: are reserved.`);
    if (!ladder.has(role))
      throw new TypeError(`The scope "${name}" requires the role "${role}", which does not exist.`);
    return [name, role] as const;
  });
}
