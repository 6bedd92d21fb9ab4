import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { routePolicies } from '#request';
import type { Resolved } from '#settings';
import type { ReadRoute } from './read-route.ts';
import type {
  HealthCheck,
  RequestConfig,
  RouteConfig,
  RouteLimits,
  UpstreamConfig,
  UpstreamTls,
} from './route-config.ts';
import type { RouteInput } from './schema.ts';

type Built = Pick<RouteConfig, 'upstream' | 'request' | 'answer' | 'limits' | 'fingerprint'>;

/** The routes of an entry of the file that has no problems: one for each host. `folder`: what paths of PEM files are relative to. */
export function builtRoutes(read: ReadRoute, resolved: Resolved, folder: string): readonly RouteConfig[] {
  const { input, place, tests } = read;
  if (input === undefined) return [];
  const upstream = upstreamOf(input, resolved, folder);
  const shared: Built = {
    upstream,
    request: requestOf(input),
    answer: { set: Object.entries(input.headers?.answer?.set ?? {}), remove: input.headers?.answer?.remove ?? [] },
    limits: limitsOf(input),
    fingerprint: fingerprintOf(input, upstream.tls),
  };
  return input.host.map((host) => {
    const path = input.path ?? '';
    const name = host + path;
    const policies = routePolicies(resolved, optionsOf(name, input, read.rules));
    return Object.freeze({ ...shared, name, line: place.line, host, path, policies, tests });
  });
}

const optionsOf = (name: string, input: RouteInput, rules: ReadRoute['rules']) => ({
  name,
  rules,
  case: input.case,
  encodedSlashes: input.encoded_slashes,
  upstreamAuthorization: input.authorization && input.authorization === 'upstream',
  origins: input.origins,
  identityHeaders: input.identity_headers,
  setNames: Object.keys(input.headers?.set ?? {}),
  assertion: input.assertion,
  publicCors: input.cors === 'public',
  serviceWorkers: input.service_workers && input.service_workers === 'allow',
});

function upstreamOf(input: RouteInput, { settings }: Resolved, folder: string): UpstreamConfig {
  const { tls = {}, sticky = 'none', health } = input;
  const inFolder = (file: string | undefined) => (file === undefined ? undefined : resolve(folder, file));
  return {
    targets: input.upstream,
    sticky,
    health: health && healthOf(health),
    tls: {
      ca: inFolder(tls.ca) ?? settings.upstreamCa,
      cert: inFolder(tls.cert),
      key: inFolder(tls.key),
      serverName: tls.server_name,
      verify: tls.verify ?? true,
    },
  };
}

const healthOf = (health: Exclude<RouteInput['health'], undefined>): HealthCheck => {
  const { path, interval = 5000, timeout = 2000, healthy_after = 1, unhealthy_after = 2 } = health;
  return { path, interval, timeout, healthyAfter: healthy_after, unhealthyAfter: unhealthy_after };
};

const requestOf = ({ headers, strip = [], keep = [], prefix }: RouteInput): RequestConfig => ({
  set: Object.entries(headers?.set ?? {}),
  remove: [...(headers?.remove ?? []), ...strip],
  keep,
  stripPrefix: prefix?.strip ?? '',
  addPrefix: prefix?.add ?? '',
});

const limitsOf = ({ timeout, limits }: RouteInput): RouteLimits => ({
  upstreamTimeout: timeout,
  body: limits?.body,
  headers: limits?.headers,
  requests: limits?.requests,
});

function fingerprintOf(input: RouteInput, { ca, cert, key }: UpstreamTls): string {
  const hash = createHash('sha256').update(JSON.stringify(input));
  for (const file of [ca, cert, key]) hash.update(file === undefined ? '-' : contentOf(file)).update('\0');
  return hash.digest('base64url');
}

/** The file may have been replaced since it was checked: what cannot be read now is found when it is used. */
function contentOf(file: string): Buffer | string {
  try {
    return readFileSync(file);
  } catch {
    return '';
  }
}
