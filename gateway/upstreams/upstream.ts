import { SettingsError } from '#settings';
import type { UpstreamConfig } from '../config/route-config.ts';
import { below, targetAddress } from './address.ts';
import { lastResort, leastPending, sameForKey } from './choice.ts';
import type { HealthReport } from './health.ts';
import type { Target } from './target.ts';
import type { TargetLimits, Targets } from './targets.ts';
import { verifiedTls } from './tls.ts';

/** The services behind a route. */
export interface Upstream {
  /** Whether a request is sent to the same target as the others of its session, or else of its address. */
  readonly sticky: boolean;
  /** The request target for the service: below the path of its URL, if it has one. The same for all targets. */
  target(received: string): string;
  /**
   * The target for a new request. One is returned even when none is healthy. `key`: the session, or else the address; read
   * only when `sticky`.
   */
  choose(key: string): Target;
  /**
   * Another target, for a request that could not be connected to those in `tried`; undefined after three, or when there is
   * none.
   */
  chooseOther(key: string, tried: ReadonlySet<Target>): Target | undefined;
  health(): readonly HealthReport[];
  /**
   * Ends the use of the targets. One that no other upstream uses closes its connections once its last request has ended.
   */
  release(): void;
}

/** Each may cost the time of a connection that nobody accepts. */
const mostTried = 3;

type Options = Readonly<{ targets: Targets; limits: TargetLimits }>;

/** The configuration of an upstream of one target, without health checks. `ca`: PEM file of authorities to trust besides the system's. */
export const oneTarget = (target: string, ca: string | undefined): UpstreamConfig => ({
  targets: [target],
  sticky: 'none',
  health: undefined,
  tls: verifiedTls(ca),
});

/**
 * Creates an upstream. Targets that another upstream uses with the same TLS, checks and limits are shared with it, and so are
 * their connections and their health.
 * @throws SettingsError when a file of the TLS options cannot be read, or the URLs of the targets have different paths
 */
export function upstreamOf(config: UpstreamConfig, { targets: shared, limits }: Options): Upstream {
  const base = baseOf(config.targets);
  const targets = shared.take(config, limits);
  const [first] = targets;
  if (first === undefined) throw new RangeError('an upstream without a target');
  const sticky = config.sticky === 'session' && targets.length > 1;
  const preferred = sticky ? sameForKey(targets) : leastPending(targets);
  const other = lastResort(targets);
  return {
    sticky,
    target: below(base),
    choose: targets.length === 1 ? () => first : (key) => preferred(key, undefined) ?? other(key, undefined) ?? first,
    chooseOther: (key, tried) => (tried.size < mostTried ? (preferred(key, tried) ?? other(key, tried)) : undefined),
    health: () => targets.map((one) => one.report),
    release: () => shared.release(targets),
  };
}

/** The path of the targets' URLs. It is one: a request may be sent to any of them, with an assertion for what it is sent as. */
function baseOf(targets: readonly string[]): string {
  const [base = '', other] = new Set(targets.map((target) => targetAddress(target).base));
  if (other === undefined) return base;
  throw new SettingsError([
    `The targets of an upstream must have one path: ${base || '/'} and ${other || '/'} differ.`,
  ]);
}
