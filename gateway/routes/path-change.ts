import type { Refusal } from 'gatewarden';
import { isReadAsReceived, type RuleTable } from '#request';
import type { RequestConfig } from '../config/route-config.ts';

/** A change of the paths of a route on their way to the upstream. */
export interface PathChange {
  /** The target for the upstream, of one that has no `problem`: an absolute path, or a URL. */
  toUpstream(target: string): string;
  /**
   * Why a target cannot be changed: the prefix is encoded in it, or what is left could be read as a path that was not judged.
   * `rules` are those that allowed the request.
   */
  problem(method: string, target: string, rules: RuleTable): Refusal | undefined;
  /** The path that the client knows a path of the upstream by. */
  toClient(path: string): string;
  /** The same for the path of a cookie, which covers all below it. */
  cookiePath(path: string): string;
}

const authority = /^[^/?]+:\/\/[^/?]*/;

const unclear: Refusal = Object.freeze({
  code: 'ambiguous_path',
  detail: 'The prefix cannot be removed from this path: some servers would read what is left as another path.',
});

const topUnclear: Refusal = Object.freeze({
  code: 'ambiguous_path',
  detail: 'The rules tell this path from the one with a slash at its end, and the service behind it cannot.',
});

/** Whether the same rule decides on a path and on the path with a slash at its end. */
function areJudgedAlike(rules: RuleTable, method: string, path: string): boolean {
  const [one, other] = [rules.select(method, path), rules.select(method, `${path}/`)];
  if (one.kind === 'refused' || other.kind === 'refused') return false;
  return other.chosen.every(({ rule }) => rule === one.chosen[0].rule);
}

const isBelow = (path: string, top: string): boolean =>
  path.startsWith(top) && (path.length === top.length || /[/?]/.test(path.charAt(top.length)));

/** The change that removes `stripPrefix` from the beginning of a path and puts `addPrefix` in front of the rest. */
export function pathChange({
  stripPrefix: strip,
  addPrefix: add,
}: Pick<RequestConfig, 'stripPrefix' | 'addPrefix'>): PathChange {
  /** Undefined where the path does not begin with the prefix, byte for byte. */
  function changed(path: string): string | undefined {
    if (!isBelow(path, strip)) return undefined;
    const sent = add + path.slice(strip.length);
    return sent.startsWith('/') ? sent : `/${sent}`;
  }

  function toUpstream(target: string): string | undefined {
    // OPTIONS may be for the whole server.
    if (target === '*') return target;
    const [before = ''] = target.startsWith('/') ? [] : (authority.exec(target) ?? []);
    const path = changed(target.slice(before.length));
    return path === undefined ? undefined : before + path;
  }

  /** Without a slash behind the prefix, the upstream gets the same as with one. */
  function isTop(target: string): boolean {
    if (add !== '' || strip === '') return false;
    const path = target.replace(authority, '');
    return path === strip || path.startsWith(`${strip}?`);
  }

  function back(path: string): string | undefined {
    if (!isBelow(path, add)) return undefined;
    return strip + path.slice(add.length) || '/';
  }

  function toClient(path: string): string {
    // A service that knows its prefix, from X-Forwarded-Prefix or its configuration, puts it in front by itself.
    if (add === '' && strip !== '' && isBelow(path, strip)) return path;
    return back(path) ?? path;
  }

  return {
    toUpstream: (target) => toUpstream(target) ?? target,
    problem(method, target, rules) {
      const sent = toUpstream(target);
      if (sent === undefined || !isReadAsReceived(target, sent, back)) return unclear;
      return isTop(target) && !areJudgedAlike(rules, method, strip) ? topUnclear : undefined;
    },
    toClient,
    cookiePath: (path) => (path === '/' ? strip || '/' : toClient(path)),
  };
}
