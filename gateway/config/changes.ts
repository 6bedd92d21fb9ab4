import type { GatewayConfig } from './route-config.ts';

/** What is different between two configurations: the names of routes, and where people sign in if that has changed. */
export type Changes = Readonly<{
  added: readonly string[];
  removed: readonly string[];
  changed: readonly string[];
  signIn?: GatewayConfig['signIn'];
}>;

const fingerprintsOf = ({ routes }: GatewayConfig): ReadonlyMap<string, string> =>
  new Map(routes.map(({ name, fingerprint }) => [name, fingerprint]));

/** What a configuration adds, removes and changes. */
export function changesBetween(before: GatewayConfig, after: GatewayConfig): Changes {
  const [old, now] = [fingerprintsOf(before), fingerprintsOf(after)];
  const kept = [...now.keys()].filter((name) => old.has(name));
  return {
    added: [...now.keys()].filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !now.has(name)),
    changed: kept.filter((name) => old.get(name) !== now.get(name)),
    ...(before.signIn === after.signIn ? {} : { signIn: after.signIn }),
  };
}

/** Whether two configurations are of the same text and the same PEM files. */
export function isSame(before: GatewayConfig, after: GatewayConfig): boolean {
  if (before.digest !== after.digest) return false;
  const { added, removed, changed } = changesBetween(before, after);
  return added.length + removed.length + changed.length === 0;
}
