import type { RoutePolicies } from '#request';
import type { RouteConfig } from '../config/route-config.ts';
import type { HeadChanges } from '../proxy/headers-in.ts';
import type { AnswerChanges } from '../proxy/headers-out.ts';
import { linksOf } from '../proxy/links.ts';
import { targetAddress } from '../upstreams/address.ts';
import { type PathChange, pathChange } from './path-change.ts';

/** What a route changes in requests and answers on their way through. */
type Changes = Readonly<{
  /** The change of paths that the configuration file asks for; absent where there is none. */
  change: PathChange | undefined;
  /** The request target that the upstream receives, its base included. */
  target: (received: string) => string;
  head: HeadChanges;
  answer: AnswerChanges;
}>;

type Options = Readonly<{
  policies: RoutePolicies;
  /** Absent for the route of `UPSTREAM`. */
  config: RouteConfig | undefined;
  /** The URLs of the targets. */
  targets: readonly string[];
  /** Puts a request target below the path of these URLs. */
  below: (target: string) => string;
}>;

const asReceived = { stripPrefix: '', addPrefix: '' };

/** Returns what a route changes. */
export function changesOf({ policies: { publicCors }, config, targets, below }: Options): Changes {
  const { stripPrefix, addPrefix } = config?.request ?? asReceived;
  const change = stripPrefix === '' && addPrefix === '' ? undefined : pathChange({ stripPrefix, addPrefix });
  const target = change === undefined ? below : (received: string) => below(change.toUpstream(received));
  const base = below('/').slice(0, -1);
  const isElsewhere = change !== undefined || base !== '';
  const hosts = targets.map((one) => new URL(targetAddress(one).origin).host);
  const back = pathChange({ stripPrefix, addPrefix: base + addPrefix });
  const { set, remove, keep } = config?.request ?? {};
  return {
    change,
    target,
    head: { set, remove, keep, stripPrefix, destination: isElsewhere ? target : undefined },
    answer: { ...config?.answer, publicCors, links: isElsewhere ? linksOf({ ...back, hosts }) : undefined },
  };
}
