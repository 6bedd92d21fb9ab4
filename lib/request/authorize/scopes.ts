import type { Ladder, Rung, ScopeTable } from '../../types.ts';

/** Our own: through these alone a credential with scopes reaches our API. */
const ownScopes: readonly (readonly [name: string, least: Rung])[] = [
  ['gatewarden:read', 'viewer'],
  ['gatewarden:write', 'viewer'],
  ['gatewarden:admin', 'operator'],
  ['gatewarden:introspect', 'viewer'],
];

const scopeName = /^[A-Za-z0-9][A-Za-z0-9:._/-]{0,63}$/;

/**
 * Makes the table of scopes from `GATEWARDEN_SCOPES`: `deploy:write=operator,report:read`. The role after `=` is the
 * least that may hold the scope; viewer's rung where none is given. Ours come first.
 * @throws TypeError that says what is wrong with the text
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
    if (name.startsWith('gatewarden:')) throw new TypeError(`"${name}": scopes that begin with gatewarden: are ours.`);
    if (!ladder.has(role)) throw new TypeError(`The scope "${name}" asks for the role "${role}", which there is not.`);
    return [name, role] as const;
  });
}
