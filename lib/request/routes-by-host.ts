import type { Refusal } from '../errors.ts';
import { pathPrefixes } from './authorize/path-prefixes.ts';
import type { RoutePolicies } from './route-policies.ts';
import type { RouteTable } from './route-table.ts';

/** Which requests a route serves. */
export type RouteEntry = Readonly<{
  /** Lower case, without port: a name, or `*.example.com` for every name below it. */
  host: string;
  /** The path and all below it: '' for the whole host, else with a slash at its beginning and none at its end. */
  path: string;
  policies: RoutePolicies;
  /** The services behind it. */
  upstream?: Readonly<{ targets: readonly string[] }> | undefined;
}>;

type Find = (target: string) => RoutePolicies | Refusal | undefined;

const notFound: Refusal = Object.freeze({ code: 'not_found', detail: 'No service is set up for this host and path.' });

/** The most names below a wildcard that are remembered: clients may invent many. */
const mostRemembered = 1000;

/**
 * Creates the table of several routes. A host is looked up by its name, then by the longest wildcard; all other hosts have the
 * route `others`, if there is one. On one host the longest path decides. A host that routes name is served by these alone.
 */
export function routesByHost(entries: readonly RouteEntry[], others?: RoutePolicies): RouteTable {
  const hosts = new Map<string, Find>();
  for (const [host, routes] of Map.groupBy(entries, (entry) => entry.host)) hosts.set(host, pathsOf(routes));
  const wild = [...hosts.keys()].some((host) => host.startsWith('*.'));
  const rest: Find | undefined = others && (() => others);
  const remembered = new Map<string, Find>();

  function belowWildcard(hostname: string): Find | undefined {
    for (let dot = hostname.indexOf('.'); dot !== -1; dot = hostname.indexOf('.', dot + 1)) {
      const found = hosts.get(`*${hostname.slice(dot)}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function named(hostname: string): Find | undefined {
    const known = hosts.get(hostname) ?? remembered.get(hostname);
    if (known !== undefined || !wild) return known;
    const found = belowWildcard(hostname);
    if (found !== undefined && remembered.size < mostRemembered) remembered.set(hostname, found);
    return found;
  }

  return Object.freeze({
    serves: (hostname: string) => named(hostname) !== undefined,
    all: () => (others === undefined ? entries : [...entries, { path: '', policies: others }]),
    find: (hostname: string, target: string) => (named(hostname) ?? rest)?.(target) ?? notFound,
  });
}

function pathsOf(entries: readonly RouteEntry[]): Find {
  return pathPrefixes(
    entries.map(({ path, policies }) => ({ path, value: policies })),
    { caseSensitive: entries.every(({ policies }) => policies.paths.caseSensitive === true) },
  );
}
