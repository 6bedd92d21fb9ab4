import type { RoutePolicies } from '#request';
import type { RouteConfig } from '../config/route-config.ts';
import type { HeadChanges } from '../proxy/headers-in.ts';
import type { AnswerChanges } from '../proxy/headers-out.ts';
import { linksOf } from '../proxy/links.ts';
import { targetAddress } from '../upstreams/address.ts';
import { type PathChange, pathChange } from './path-change.ts';

/** What a route changes in requests and answers on their way through. */
type Changes = Readonly<{
  /** Absent where paths stay as they are. */
  change: PathChange | undefined;
  head: HeadChanges;
  answer: AnswerChanges;
}>;

/** Returns what a route of the configuration file changes; without one, that of `UPSTREAM`, nothing. */
export function changesOf({ publicCors }: RoutePolicies, config: RouteConfig | undefined): Changes {
  if (config === undefined) return { change: undefined, head: {}, answer: { publicCors } };
  const { request, answer, upstream } = config;
  const { set, remove, keep, stripPrefix, addPrefix } = request;
  if (stripPrefix === '' && addPrefix === '')
    return { change: undefined, head: { set, remove, keep }, answer: { ...answer, publicCors } };
  const change = pathChange(request);
  const hosts = upstream.targets.map((target) => new URL(targetAddress(target).origin).host);
  return {
    change,
    head: { set, remove, keep, stripPrefix, destination: change.destination },
    answer: { ...answer, publicCors, links: linksOf({ ...change, hosts }) },
  };
}
