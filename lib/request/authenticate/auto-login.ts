import { isLoopbackAddress, isLoopbackHost, networks } from '../../net/addresses.ts';
import type { UserStore } from '../../stores/records/users.ts';
import type { Principal } from '../../types.ts';
import type { RequestSource } from '../extract/source.ts';
import type { CredentialCache } from './cache.ts';
import type { Principals } from './principal.ts';

type Dependencies = Readonly<{
  users: UserStore;
  principals: Principals;
  cache: CredentialCache;
  /** Lower-case username of whom it acts as. */
  nameKey: string;
  ceiling: string;
  networks: readonly string[];
  clock: () => number;
  /** Told when it is looked up anew, at most once a minute: for the audit log. */
  used?: (principal: Principal, source: RequestSource) => void;
}>;

/**
 * Auto-login: who a request without any credential acts as, or undefined where a condition fails. It must come from one
 * of the networks; never carry an untrusted peer's forwarding header (a proxy in front would lend its own address to
 * strangers); and from loopback it must also ask for a loopback host (DNS rebinding).
 */
export function autoLogin(dependencies: Dependencies): (source: RequestSource) => Promise<Principal | undefined> {
  const { users, principals, cache, nameKey, ceiling, clock } = dependencies;
  const isInvited = networks(dependencies.networks);

  function applies(source: RequestSource): boolean {
    if (source.forwarded && !source.trusted) return false;
    return isInvited(source.address) && (!isLoopbackAddress(source.address) || isLoopbackHost(source.hostname));
  }

  async function load() {
    const user = await users.byName(nameKey);
    if (user?.state !== 'active') return undefined;
    const principal = principals.ofUser(user, { via: 'auto-login', ceiling });
    return { principal, until: Number.POSITIVE_INFINITY, touchAt: Number.POSITIVE_INFINITY };
  }

  return async function autoLoginPrincipal(source) {
    if (!applies(source)) return undefined;
    const remembered = cache.get('auto-login', 'auto-login', clock());
    if (remembered !== undefined) return remembered.principal;
    const entry = await cache.fill('auto-login', load);
    if (entry) dependencies.used?.(entry.principal, source);
    return entry?.principal;
  };
}
