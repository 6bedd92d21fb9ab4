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
  /** Name key of the user that auto-login acts as. */
  nameKey: string;
  ceiling: string;
  networks: readonly string[];
  clock: () => number;
  /** Called, for the audit log, when auto-login is used and not cached. */
  used?: (principal: Principal, source: RequestSource) => void;
}>;

/**
 * Creates auto-login: returns the principal of a request without any credential, or undefined when a condition fails. The
 * client's address must be in one of the networks. The request must have no forwarding header of an untrusted peer, for
 * behind an unknown proxy all clients have the proxy's address. From a loopback address the host must be a loopback name too
 * (DNS rebinding).
 */
export function autoLogin(dependencies: Dependencies): (source: RequestSource) => Promise<Principal | undefined> {
  const { users, principals, cache, nameKey, ceiling, clock } = dependencies;
  const isInNetworks = networks(dependencies.networks);

  function applies(source: RequestSource): boolean {
    if (source.forwarded && !source.trusted) return false;
    return isInNetworks(source.address) && (!isLoopbackAddress(source.address) || isLoopbackHost(source.hostname));
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
