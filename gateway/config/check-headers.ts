import { foldedHeaderName, identityHeaderNames, isReservedHeader } from '#request';
import type { Path } from './place.ts';
import type { RouteContext } from './route-context.ts';
import type { RouteInput } from './schema.ts';

type Parts = Partial<RouteInput>;

/** Headers that frame a message or belong to one connection. */
const framing = /^(host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*)$/;

/** Headers that Gatewarden itself sets on the way to the upstream. */
const own = /^(cookie|forwarded|x-forwarded-(for|host|proto|port|prefix)|x-real-ip|x-request-id|x-gatewarden-.*)$/;

/** Checks which headers a route sets, removes and keeps. */
export function checkHeaders(parts: Parts, context: RouteContext): void {
  const { settings } = context.resolved;
  const identity = new Set(
    identityHeaderNames(parts.identity_headers ?? settings.identityHeaders).map(foldedHeaderName),
  );
  const { set = {}, remove = [], answer = {} } = parts.headers ?? {};
  const isOwn = (name: string) => own.test(name) || identity.has(name);
  checkSet(['headers', 'set'], Object.keys(set), isOwn, context);
  checkSet(['headers', 'answer', 'set'], Object.keys(answer.set ?? {}), () => false, context);
  checkRemove(['headers', 'remove'], remove, context);
  checkRemove(['headers', 'answer', 'remove'], answer.remove ?? [], context);
  checkRemove(['strip'], parts.strip ?? [], context);
  checkKeep(parts, isOwn, context);
}

function checkSet(path: Path, names: readonly string[], isOwn: (name: string) => boolean, { complain }: RouteContext) {
  const seen = new Set<string>();
  for (const name of names) {
    const folded = foldedHeaderName(name);
    if (framing.test(folded))
      complain([...path, name], `${name}: frames the message or is of one connection, and cannot be set`);
    else if (isOwn(folded)) complain([...path, name], `${name}: is set by Gatewarden itself`);
    else if (seen.has(folded)) complain([...path, name], `${name}: is given twice, in another spelling`);
    seen.add(folded);
  }
}

function checkRemove(path: Path, names: readonly string[], { complain }: RouteContext): void {
  for (const [at, name] of names.entries())
    if (framing.test(foldedHeaderName(name)))
      complain([...path, at], `${name}: frames the message or is of one connection, and cannot be removed`);
}

function checkKeep(parts: Parts, isOwn: (name: string) => boolean, context: RouteContext): void {
  const { complain, warn, file, path, resolved } = context;
  const { keep = [], headers } = parts;
  const set = new Set(Object.keys(headers?.set ?? {}).map(foldedHeaderName));
  const removed = new Set([...(headers?.remove ?? []), ...(parts.strip ?? [])].map(foldedHeaderName));
  for (const [at, name] of keep.entries()) {
    const folded = foldedHeaderName(name);
    if (isOwn(folded)) complain(['keep', at], `${name}: is set by Gatewarden itself, and cannot be kept`);
    else if (!isReservedHeader(name)) complain(['keep', at], `${name}: is passed on anyway`);
    else if (set.has(folded)) complain(['keep', at], `${name}: is set by headers.set, and cannot be kept`);
    else if (removed.has(folded))
      complain(['keep', at], `${name}: is removed by strip or headers.remove, and cannot be kept`);
  }
  if (keep.length > 0 && resolved.settings.trustedProxies.length === 0)
    warn(file.placeOfKey([...path, 'keep']), 'keep: has no effect without GATEWARDEN_TRUSTED_PROXIES');
}
