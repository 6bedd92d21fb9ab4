import { ok } from 'node:assert/strict';
import { ladder } from '../../lib/authorize/roles.ts';
import { parseRules } from '../../lib/authorize/rules.ts';
import { scopeTable } from '../../lib/authorize/scopes.ts';
import type { Principal, Rule } from '../../lib/types.ts';

/** The usual ladder, and a scope of an application. */
export const roles = ladder();
export const scopes = scopeTable('deploy:write=operator, report:read', roles);

export function rulesOf(text: string): readonly Rule[] {
  const parsed = parseRules(text, { ladder: roles, scopes });
  ok(parsed.ok, parsed.ok ? '' : parsed.problems.join('\n'));
  return parsed.rules;
}

/** A signed-in user; `anony` gives the anonymous principal. */
export function principal(role: string, name = 'alice', more: Partial<Principal> = {}): Principal {
  const kind = role === 'anony' ? 'anonymous' : 'user';
  const signedIn = kind === 'user';
  return {
    kind,
    id: signedIn ? `u_${name}` : '',
    name: signedIn ? name : '',
    role,
    scopes: signedIn ? scopes.heldBy(role) : [],
    via: signedIn ? 'session' : 'none',
    ...more,
  };
}
