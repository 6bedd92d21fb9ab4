import { ok } from 'node:assert/strict';
import { ladder } from '../../../lib/request/authorize/roles.ts';
import type { Rule } from '../../../lib/request/authorize/rules.ts';
import { parseRules } from '../../../lib/request/authorize/rules.ts';
import { scopeTable } from '../../../lib/request/authorize/scopes.ts';
import type { Principal } from '../../../lib/types.ts';

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
