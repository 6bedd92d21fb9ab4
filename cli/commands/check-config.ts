import type { Resolved } from '#settings';
import { checkedGatewayConfig } from '../../gateway/config/index.ts';
import type { GatewayConfig, RouteConfig } from '../../gateway/config/route-config.ts';
import { probeTarget, type TargetProbe } from '../../gateway/upstreams/probe.ts';

/** What `check` says of the configuration file. */
export type CheckedConfig = Readonly<{
  file: string;
  routes: readonly string[];
  /** How many tests of rules were run. */
  tests: number;
  warnings: readonly string[];
  targets: readonly TargetProbe[];
}>;

/**
 * Reads the file that `CONFIG` names, runs its tests and reaches each target once; undefined when there is no file.
 * @throws SettingsError with every problem of the file
 */
export async function checkConfig(resolved: Resolved): Promise<CheckedConfig | undefined> {
  const { config: file } = resolved.settings;
  if (file === undefined) return undefined;
  const { routes, warnings } = await checkedGatewayConfig(file, resolved);
  const tests = routes.reduce((sum, route) => sum + route.tests.length, 0);
  return { file, routes: routes.map(({ name }) => name), tests, warnings, targets: await reachAll(targetsOf(routes)) };
}

type Target = Readonly<{ url: string; upstream: RouteConfig['upstream'] }>;

/** Each target once for the TLS options and the health check that it has. */
function targetsOf(routes: GatewayConfig['routes']): readonly Target[] {
  const targets = routes.flatMap(({ upstream }) => upstream.targets.map((url) => ({ url, upstream })));
  const keyOf = ({ url, upstream: { tls, health } }: Target) => JSON.stringify([url, tls, health]);
  return [...new Map(targets.map((target) => [keyOf(target), target])).values()];
}

const atOnce = 20;

async function reachAll(targets: readonly Target[]): Promise<readonly TargetProbe[]> {
  const probes: TargetProbe[] = [];
  for (let from = 0; from < targets.length; from += atOnce) {
    const some = targets.slice(from, from + atOnce);
    probes.push(...(await Promise.all(some.map(({ url, upstream }) => probeTarget(url, upstream)))));
  }
  return probes;
}

/** Of the file as a whole: `gatewarden.yaml: 3 routes, 5 tests of rules hold`. */
export const configShown = ({ file, routes, tests }: CheckedConfig): string =>
  `${file}: ${counted(routes.length, 'route')}, ${tests === 0 ? 'no tests of rules' : `${counted(tests, 'test')} of rules passed`}`;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `http://a:1, reached: 200`, or why not. */
export const targetShown = (probe: TargetProbe): string =>
  probe.ok ? `${probe.url}, reached: ${probe.status}` : `${probe.url}, not reached: ${probe.problem}`;
