import type { MaybePromise } from '../../and-then.ts';
import { isLoopbackAddress, isLoopbackHost, networks } from '../../net/addresses.ts';
import { userWithName } from '../../services/named-user.ts';
import type { RecordReader } from '../../stores/records/records.ts';
import type { Principal } from '../../types.ts';
import type { RequestSource } from '../extract/source.ts';
import type { CredentialCache, LookUp } from './cache.ts';
import type { Principals } from './principal.ts';

type Dependencies = Readonly<{
  records: RecordReader;
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
export function autoLogin(dependencies: Dependencies): (source: RequestSource) => MaybePromise<Principal | undefined> {
  const { records, principals, cache, nameKey, ceiling, clock } = dependencies;
  const isInNetworks = networks(dependencies.networks);

  function applies(source: RequestSource): boolean {
    if (source.forwarded && !source.trusted) return false;
    return isInNetworks(source.address) && (!isLoopbackAddress(source.address) || isLoopbackHost(source.hostname));
  }

  async function lookUp(): Promise<LookUp> {
    const user = await userWithName(records, nameKey);
    if (user === undefined) return { found: { kind: 'nobody' }, marks: [] };
    const marks = [{ kind: 'user', id: user.id, version: user.version }] as const;
    if (user.state !== 'active') return { found: { kind: 'nobody' }, marks };
    const principal = principals.ofUser(user, { via: 'auto-login', ceiling });
    const never = Number.POSITIVE_INFINITY;
    return { found: { kind: 'principal', principal, until: never, touchAt: never }, marks };
  }

  async function filled(source: RequestSource): Promise<Principal | undefined> {
    const found = await cache.fill('auto-login', 'auto-login', lookUp);
    if (found.kind !== 'principal') return undefined;
    dependencies.used?.(found.principal, source);
    return found.principal;
  }

  return function autoLoginPrincipal(source) {
    if (!applies(source)) return undefined;
    return cache.get('auto-login', 'auto-login', clock())?.principal ?? filled(source);
  };
}
