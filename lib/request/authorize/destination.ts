import type { Refusal } from '../../errors.ts';
import type { RequestHead } from '../extract/head.ts';
import { parseHost } from '../extract/host.ts';
import { countOf } from '../extract/raw-headers.ts';
import type { RequestSource } from '../extract/source.ts';
import type { Chosen, RuleTable, Selection } from './match.ts';
import type { Trace } from './trace.ts';

/** Where WebDAV's COPY and MOVE write to (RFC 4918, 10.3). */
export type Destination = Readonly<{
  /** Path and query. */
  target: string;
  /** Scheme, host and port, where the header is a URL. */
  site: Readonly<{ proto: string; host: string }> | undefined;
}>;

const url = /^(https?):\/\/([^/?#@\\]+)(\/.*)?$/i;

const refuse = (detail: string): Refusal => ({ code: 'validation_failed', detail });

/**
 * Reads the `Destination` header of a request. `undefined`: there is none. It must be one, an absolute path or an http(s)
 * URL without user information, on any method.
 */
export function readDestination({ headers, rawHeaders }: RequestHead): Destination | Refusal | undefined {
  const { destination } = headers;
  if (destination === undefined) return undefined;
  if (countOf(rawHeaders, 'destination') > 1) return refuse('There is more than one Destination header.');
  const text = String(destination);
  if (text.startsWith('/') && !text.startsWith('//')) return { target: text, site: undefined };
  const [, proto = '', authority = '', target = '/'] = url.exec(text) ?? [];
  const host = parseHost(authority);
  if (host === undefined) return refuse('The Destination header is neither an absolute path nor a URL of this host.');
  return { target, site: { proto: proto.toLowerCase(), host: host.host } };
}

/** Whether the destination is on the host that the request is for; the scheme's own port may be left out. */
export function isOnHost({ site }: Destination, source: RequestSource): boolean {
  return site === undefined || withoutPort(site.host, site.proto) === withoutPort(source.host, source.proto);
}

function withoutPort(host: string, proto: string): string {
  const port = proto === 'https' ? ':443' : ':80';
  const lower = host.toLowerCase();
  return lower.endsWith(port) ? lower.slice(0, -port.length) : lower;
}

/**
 * What a request selects, with its destination: COPY needs what GET needs on the source, MOVE what GET and DELETE need; both
 * need what PUT needs on the destination, and unless `Overwrite: F` what DELETE needs. A rule that names the method itself
 * must permit as well.
 */
export function selectWithDestination(
  rules: RuleTable,
  head: RequestHead,
  destination: Destination,
  trace?: Trace,
): Selection {
  const { method = '', url: source = '' } = head;
  const own = rules.select(method, source, trace);
  if (method !== 'COPY' && method !== 'MOVE') return own;
  const overwrites =
    String(head.headers.overwrite ?? 'T')
      .trim()
      .toUpperCase() !== 'F';
  const needed = [
    rules.select('PUT', destination.target, trace),
    ...(overwrites ? [rules.select('DELETE', destination.target, trace)] : []),
    ...(method === 'MOVE' ? [rules.select('DELETE', source, trace)] : []),
    ...named(own, method),
  ];
  return needed.reduce(both, rules.select('GET', source, trace));
}

/** The selection, if one of its rules names the method. */
function named(selection: Selection, method: string): readonly Selection[] {
  const counts = selection.kind === 'refused' || selection.chosen.some(({ rule }) => namesMethod(rule, method));
  return counts ? [selection] : [];
}

const namesMethod = (rule: Chosen['rule'], method: string): boolean =>
  rule !== undefined && typeof rule.methods !== 'string' && rule.methods.has(method);

/** One selection of two: each of its rules must permit. */
function both(one: Selection, other: Selection): Selection {
  if (one.kind === 'refused') return one;
  return other.kind === 'refused' ? other : { kind: 'selected', chosen: [...one.chosen, ...other.chosen] };
}
