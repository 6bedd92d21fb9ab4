import type { Place, Problem } from './place.ts';
import type { ReadRoute } from './read-route.ts';

/** A route of one host. */
type Named = Readonly<{ host: string; path: string; place: Place }>;

const nameOf = ({ host, path }: Named): string => host + path;

/** Two routes of one host and path are a problem; routes that take requests which another seems to serve deserve a warning. */
export function checkBetweenRoutes(routes: readonly ReadRoute[], problems: Problem[], warnings: Problem[]): void {
  const all = routes.flatMap(({ parts: { host = [], path = '' }, place }) =>
    host.map((one) => ({ host: one, path, place })),
  );
  const [byName, byFoldedName, ofHost] = [new Map<string, Named>(), new Map<string, Named>(), new Map<string, Named>()];
  for (const route of all) {
    const same = byName.get(nameOf(route));
    const folded = nameOf(route).toLowerCase();
    const sameFolded = byFoldedName.get(folded);
    if (same !== undefined) problems.push({ place: route.place, text: repeated(route, same) });
    else if (sameFolded !== undefined) warnings.push({ place: route.place, text: inOtherCase(route, sameFolded) });
    byName.set(nameOf(route), same ?? route);
    byFoldedName.set(folded, sameFolded ?? route);
    ofHost.set(route.host, ofHost.get(route.host) ?? route);
  }
  warnings.push(...shadowedWildcards(all, ofHost));
}

const repeated = (route: Named, same: Named): string =>
  `the route ${nameOf(route)} is there twice: the first is in line ${same.place.line}`;

const inOtherCase = (route: Named, other: Named): string =>
  `the routes ${nameOf(route)} and ${nameOf(other)} (line ${other.place.line}) differ in case only: each may be read as the other`;

/** At most this many warnings are written of one kind. */
const mostWarnings = 100;

/** A path of `*.example.com` is not served on a host below it that has a route of its own: that one gets its requests. */
function shadowedWildcards(all: readonly Named[], ofHost: ReadonlyMap<string, Named>): readonly Problem[] {
  const wide = all.filter(({ host, path }) => host.startsWith('*.') && path !== '');
  const paths = Map.groupBy(wide, ({ host }) => host);
  const shadowed: Problem[] = [];
  for (const narrow of ofHost.values())
    for (const route of wildcardsAbove(narrow.host).flatMap((host) => paths.get(host)?.slice(0, mostWarnings) ?? [])) {
      if (shadowed.length >= mostWarnings) return shadowed;
      shadowed.push({ place: route.place, text: shadowedBy(route, narrow) });
    }
  return shadowed;
}

const shadowedBy = (route: Named, narrow: Named): string =>
  `the route ${nameOf(route)} gets no requests for ${narrow.host}, which has a route of its own (line ${narrow.place.line})`;

/** `*.b.c` and `*.c` for `a.b.c`. */
function wildcardsAbove(host: string): readonly string[] {
  const labels = host.split('.');
  return labels
    .slice(1)
    .map((_, at) => `*.${labels.slice(at + 1).join('.')}`)
    .filter((pattern) => pattern !== host);
}
