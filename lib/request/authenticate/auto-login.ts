import { networks } from '../../net/addresses.ts';
import type { UserStore } from '../../stores/records/users.ts';
import type { Principal } from '../../types.ts';
import type { Origin } from '../extract/source.ts';
import type { KnownCredentials } from './cache.ts';
import type { Principals } from './principal.ts';

type Parts = Readonly<{
  users: UserStore;
  principals: Principals;
  known: KnownCredentials;
  /** Lower-case username of whom it acts as. */
  nameKey: string;
  ceiling: string;
  networks: readonly string[];
  clock: () => number;
  /** Told when it is looked up anew, at most once a minute: for the audit log. */
  used?: (principal: Principal, origin: Origin) => void;
}>;

const isLoopback = networks(['127.0.0.0/8', '::1/128']);

/** True for names that can only mean this machine: `localhost`, `*.localhost`, 127.0.0.0/8, `::1`. */
const isLoopbackHost = (hostname: string): boolean =>
  hostname === 'localhost' || hostname.endsWith('.localhost') || isLoopback(hostname);

/**
 * Auto-login: who a request without any credential acts as, or undefined where a condition fails. It must come from one
 * of the networks; never carry an untrusted peer's forwarding header (a proxy in front would lend its own address to
 * strangers); and from loopback it must also ask for a loopback host (DNS rebinding).
 */
export function autoLogin(parts: Parts): (origin: Origin) => Promise<Principal | undefined> {
  const { users, principals, known, nameKey, ceiling, clock } = parts;
  const isInvited = networks(parts.networks);

  function applies(origin: Origin): boolean {
    if (origin.forwarded && !origin.trusted) return false;
    return isInvited(origin.address) && (!isLoopback(origin.address) || isLoopbackHost(origin.hostname));
  }

  async function load() {
    const user = await users.byName(nameKey);
    if (user?.state !== 'active') return undefined;
    const principal = principals.ofUser(user, { via: 'auto-login', ceiling });
    return { principal, until: Number.POSITIVE_INFINITY, touchAt: Number.POSITIVE_INFINITY };
  }

  return async function autoLoginPrincipal(origin) {
    if (!applies(origin)) return undefined;
    const remembered = known.get('auto-login', 'auto-login', clock());
    if (remembered !== undefined) return remembered.principal;
    const entry = await known.fill('auto-login', load);
    if (entry) parts.used?.(entry.principal, origin);
    return entry?.principal;
  };
}
