import type { Core } from '../core.ts';
import type { Refusal } from '../errors.ts';
import type { Principal } from '../types.ts';
import type { Guard, Route } from './route.ts';

type Guarded = Pick<Route, 'guard' | 'scope'>;

/** Why a principal may not make this call; undefined when it may. */
export function refusalOf(core: Core, principal: Principal, route: Guarded): Refusal | undefined {
  if (route.guard === 'anyone') return undefined;
  if (!isSignedIn(core, principal)) return { code: 'missing_credential' };
  if (!holdsRole(core, principal, route.guard)) return { code: 'insufficient_role' };
  if (route.scope && !principal.scopes.includes(route.scope)) {
    return { code: 'insufficient_scope', scope: route.scope, detail: `This needs the scope ${route.scope}.` };
  }
  return undefined;
}

/** Auto-login is nobody's sign-in: it reaches accounts and credentials only where it is allowed to be an admin. */
function isSignedIn(core: Core, principal: Principal): boolean {
  if (principal.kind === 'anonymous') return false;
  return principal.via !== 'auto-login' || core.ladder.atLeast(core.settings.autoLoginRole, core.ladder.rung('admin'));
}

function holdsRole(core: Core, principal: Principal, guard: Exclude<Guard, 'anyone'>): boolean {
  if (guard === 'signed-in') return true;
  if (guard === 'self')
    return principal.kind === 'user' && core.ladder.atLeast(principal.role, core.ladder.rung('viewer'));
  return core.ladder.atLeast(principal.role, core.ladder.rung(guard));
}
