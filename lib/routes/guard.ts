import type { Core } from '../core.ts';
import type { Refusal } from '../errors.ts';
import type { Principal } from '../types.ts';
import type { Guard, Route } from './route.ts';

type Guarded = Pick<Route, 'guard' | 'scope' | 'endsOwn'>;

/** Whether a call whose credential has ended may go on: it ends that credential again, which tells the other instances. */
export const mayEndAgain = ({ endsOwn }: Guarded, refusal: Refusal): boolean =>
  endsOwn === true && refusal.code === 'token_revoked';

const isNobody = ({ kind, via }: Principal): boolean => kind === 'anonymous' || via === 'auto-login';

/** Returns why a principal may not make this call, or undefined when it may. */
export function refusalOf(core: Core, principal: Principal, route: Guarded): Refusal | undefined {
  if (route.guard === 'anyone') return undefined;
  // A cookie that has ended names nobody: the route looks at it itself.
  if (route.endsOwn && isNobody(principal)) return undefined;
  if (!isSignedIn(core, principal)) return { code: 'missing_credential' };
  if (!holdsRole(core, principal, route.guard))
    return { code: 'insufficient_role', role: leastRole(core, route.guard) };
  if (route.scope && !principal.scopes.includes(route.scope)) {
    return { code: 'insufficient_scope', scope: route.scope, detail: `This needs the scope ${route.scope}.` };
  }
  return undefined;
}

/** An auto-login is not a sign-in: it may call routes for signed-in users only with `AUTO_LOGIN_ROLE=admin`. */
function isSignedIn(core: Core, principal: Principal): boolean {
  if (principal.kind === 'anonymous') return false;
  return principal.via !== 'auto-login' || core.ladder.atLeast(core.settings.autoLoginRole, core.ladder.rung('admin'));
}

/** The lowest role that a guard lets through, for a principal that it might let through. */
const leastRole = ({ ladder }: Core, guard: Exclude<Guard, 'anyone'>): string | undefined => {
  if (guard === 'signed-in') return undefined;
  return ladder.rung(guard === 'self' ? 'viewer' : guard);
};

function holdsRole(core: Core, principal: Principal, guard: Exclude<Guard, 'anyone'>): boolean {
  if (guard === 'signed-in') return true;
  if (guard === 'self')
    return principal.kind === 'user' && core.ladder.atLeast(principal.role, core.ladder.rung('viewer'));
  return core.ladder.atLeast(principal.role, core.ladder.rung(guard));
}
