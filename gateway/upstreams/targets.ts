import { createHash } from 'node:crypto';
import type { Log } from 'gatewarden';
import type { UpstreamConfig } from '../config/route-config.ts';
import type { Limits } from '../limits.ts';
import { below, targetAddress } from './address.ts';
import { startChecks } from './checks.ts';
import { type HealthReport, TargetHealth } from './health.ts';
import { http1Transport } from './http1.ts';
import { http2Transport } from './http2.ts';
import { Target } from './target.ts';
import { type TlsOptions, tlsOptions } from './tls.ts';
import { turns } from './turns.ts';

/** The limits of one target. */
export type TargetLimits = Pick<Limits, 'upstreamConnect' | 'upstreamRequests' | 'upstreamQueue'>;

/** The targets of all upstreams of a gateway. Equal ones are one, so that a reload keeps their connections and their health. */
export interface Targets {
  /** @throws SettingsError when a file of the TLS options cannot be read */
  take(config: UpstreamConfig, limits: TargetLimits): readonly Target[];
  /** Ends one use of each; those without another use drain. */
  release(targets: readonly Target[]): void;
  /** The health of the targets in use. */
  health(): readonly HealthReport[];
  /** Closes all connections at once. */
  close(): Promise<void>;
}

type Use = { readonly target: Target; readonly key: string; count: number };

export function sharedTargets({ log }: Readonly<{ log: Log }>): Targets {
  const byKey = new Map<string, Use>();
  const byTarget = new Map<Target, Use>();
  const draining = new Set<Target>();

  function use(address: string, config: UpstreamConfig, tls: TlsOptions, limits: TargetLimits): Target {
    const key = keyOf(address, config, tls, limits);
    const used = byKey.get(key);
    if (used !== undefined) {
      used.count += 1;
      return used.target;
    }
    const target = openTarget(address, config, { tls, limits, log });
    const fresh = { target, key, count: 1 };
    byKey.set(key, fresh);
    byTarget.set(target, fresh);
    return target;
  }

  function release(target: Target): void {
    const used = byTarget.get(target);
    if (used === undefined) return;
    used.count -= 1;
    if (used.count > 0) return;
    byKey.delete(used.key);
    byTarget.delete(target);
    draining.add(target);
    target.drain(() => draining.delete(target));
  }

  return {
    take(config, limits) {
      const tls = tlsOptions(config.tls);
      return [...new Set(config.targets)].map((address) => use(address, config, tls, limits));
    },
    release: (targets) => targets.forEach(release),
    health: () => [...byTarget.keys()].map((target) => target.report),
    async close() {
      const all = [...byTarget.keys(), ...draining];
      byKey.clear();
      byTarget.clear();
      await Promise.all(all.map((target) => target.close()));
    },
  };
}

/** What makes two targets one. The files of the TLS options count by their content, so that a reload takes new ones. */
function keyOf(address: string, { health }: UpstreamConfig, tls: TlsOptions, limits: TargetLimits): string {
  const { upstreamConnect, upstreamRequests, upstreamQueue } = limits;
  const parts = [address, health ?? null, tls, upstreamConnect, upstreamRequests, upstreamQueue];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

type Options = Readonly<{ tls: TlsOptions; limits: TargetLimits; log: Log }>;

function openTarget(address: string, { health: check }: UpstreamConfig, { tls, limits, log }: Options): Target {
  const { protocol: version, origin, socketPath, base } = targetAddress(address);
  const { host } = new URL(origin);
  const open = version === 'http2' ? http2Transport : http1Transport;
  const transport = open({ origin, socketPath, tls, connectTimeout: limits.upstreamConnect });
  const line = turns({ atOnce: limits.upstreamRequests, places: limits.upstreamQueue });
  const health = new TargetHealth({ target: address, log, onUnhealthy: line.clear });
  return new Target({
    address,
    transport,
    turns: line,
    health,
    stopChecks:
      check === undefined
        ? () => undefined
        : startChecks({ transport, health, check, host, path: below(base)(check.path) }),
  });
}
