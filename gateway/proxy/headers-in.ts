import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestSource } from 'gatewarden';
import { foldedHeaderName, isClientAddressHeader, isRequestId, isReservedHeader, withoutCookies } from '#request';

/** The identity headers, ready to be sent. */
export type IdentityHeaders = readonly (readonly [name: string, value: string])[];

/** What the upstream's request has besides the client's headers. */
export interface HeadAdditions {
  readonly source: RequestSource;
  readonly identity: IdentityHeaders;
  readonly passAuthorization: boolean;
  /** Names of Gatewarden's cookies, which are not passed on. */
  readonly cookieNames: readonly string[];
}

/** A request's headers for the upstream: names and values alternate, in the order and case of the client. */
export interface UpstreamHead {
  readonly headers: string[];
  readonly requestId: string;
  /** The client asked for an event stream: such an answer may be silent for long. */
  readonly wantsEvents: boolean;
}

type Kind =
  | 'pass'
  | 'drop'
  | 'cookie'
  | 'authorization'
  | 'accept'
  | 'forwarded-for'
  | 'forwarded'
  | 'forwarded-port'
  | 'forwarded-prefix'
  | 'client-address'
  | 'request-id'
  | 'traceparent'
  | 'tracestate'
  | 'hop'
  | 'kept'
  | 'destination'
  | 'never-named';

// Hop-by-hop headers of RFC 9110, 7.6.1 and its predecessors, and Expect, which is answered here.
const special = new Map<string, Kind>([
  ['connection', 'drop'],
  ['proxy-connection', 'drop'],
  ['keep-alive', 'drop'],
  ['te', 'drop'],
  ['trailer', 'drop'],
  ['transfer-encoding', 'drop'],
  ['upgrade', 'drop'],
  ['http2-settings', 'drop'],
  ['proxy-authorization', 'drop'],
  ['proxy-authenticate', 'drop'],
  ['expect', 'drop'],
  // Not an HTTP header, but CGI turns it into the variable that sets a proxy for the service's own requests (httpoxy).
  ['proxy', 'drop'],
  ['host', 'never-named'],
  ['content-length', 'never-named'],
  ['cookie', 'cookie'],
  ['authorization', 'authorization'],
  ['accept', 'accept'],
  ['x-forwarded-for', 'forwarded-for'],
  ['forwarded', 'forwarded'],
  ['x-forwarded-port', 'forwarded-port'],
  ['x-forwarded-prefix', 'forwarded-prefix'],
  ['x-request-id', 'request-id'],
  ['traceparent', 'traceparent'],
  ['tracestate', 'tracestate'],
  ['x-gatewarden-hop', 'hop'],
]);

/** What a route changes in the headers of its requests. */
export type HeadChanges = Readonly<{
  /** Headers that are sent with each request, in place of those of the client. */
  set?: readonly (readonly [name: string, value: string])[] | undefined;
  /** Names of headers that are not passed on. */
  remove?: readonly string[] | undefined;
  /** Names of headers that Gatewarden removes otherwise, passed on when a trusted peer sends them. */
  keep?: readonly string[] | undefined;
  /** The prefix that is removed from the path, '' for none, which `X-Forwarded-Prefix` tells the upstream. */
  stripPrefix?: string;
  /** Changes the value of a `Destination` header as the target of the request is changed. */
  destination?: ((value: string) => string) | undefined;
  /** Returns the marks of the routes that the request has passed through, for marks that were received. */
  hops?: (received: string | undefined) => string;
}>;

/**
 * `Content_Length` is not a length here, but it is to a service that folds names as CGI does. The same applies to the names of
 * the identity headers, and to those that the route sets or removes.
 */
function kindOf(name: string, removed: ReadonlySet<string>, kept: ReadonlySet<string>): Kind {
  const folded = foldedHeaderName(name);
  if (removed.has(folded)) return 'drop';
  const lower = name.toLowerCase();
  const known = special.get(lower);
  if (known !== undefined) return known;
  if (kept.has(lower)) return 'kept';
  if (isReservedHeader(name) || special.has(folded)) return 'drop';
  return isClientAddressHeader(name) ? 'client-address' : 'pass';
}

type KindOf = (name: string) => Kind;

/** Caches names by spelling, so that a usual one costs one look-up. Its size is bounded, since clients choose the names. */
function kindsByName(identityNames: readonly string[], changes: HeadChanges): KindOf {
  const { set = [], remove = [], keep = [], destination } = changes;
  const kinds = new Map<string, Kind>();
  const removed = new Set([...identityNames, ...remove, ...set.map(([name]) => name)].map(foldedHeaderName));
  const kept = new Set(keep.map((name) => name.toLowerCase()));
  return function rememberedKindOf(name) {
    const remembered = kinds.get(name);
    if (remembered !== undefined) return remembered;
    const rewritten = destination !== undefined && name.toLowerCase() === 'destination';
    const kind = rewritten ? 'destination' : kindOf(name, removed, kept);
    if (kinds.size < 1000 && name.length <= 64) kinds.set(name, kind);
    return kind;
  };
}

/** The names in the client's `Connection` header, which are for this hop only; in lower case. */
function namedInConnection(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return new Set(
    connection
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
}

type Continued = {
  forwardedFor: string | undefined;
  forwarded: string | undefined;
  port: string | undefined;
  prefix: string | undefined;
  requestId: string | undefined;
  traceparent: string | undefined;
  tracestate: string | undefined;
  hops: string | undefined;
};

const join = (before: string | undefined, value: string) => (before === undefined ? value : `${before}, ${value}`);

/** Writes the head of a request to the upstream, without the client's identity and hop-by-hop headers. */
export type HeadWriter = (req: IncomingMessage, additions: HeadAdditions) => UpstreamHead;

/**
 * Creates a `HeadWriter`. It caches the spellings of header names and the last client, so that one serves a whole route.
 * `identityNames`: the names of the identity headers, which no client may send. `changes`: what the route changes besides.
 */
export function headWriter(identityNames: readonly string[] = [], changes: HeadChanges = {}): HeadWriter {
  const kindOf = kindsByName(identityNames, changes);
  const forwarded = forwardedWriter();
  const { set = [], hops } = changes;
  return function upstreamHead(req, additions) {
    const { headers, continued, wantsEvents } = copyHeaders(req, additions, kindOf, changes);
    const requestId = appendAdditions(headers, additions, continued, forwarded);
    for (const [name, value] of set) headers.push(name, value);
    if (hops !== undefined) headers.push('X-Gatewarden-Hop', hops(continued.hops));
    for (const header of additions.identity) headers.push(header[0], header[1]);
    return { headers, requestId, wantsEvents };
  };
}

/** Copies the client's headers for the upstream, and returns the values of those that this hop extends. */
function copyHeaders(req: IncomingMessage, additions: HeadAdditions, kindOf: KindOf, changes: HeadChanges) {
  const raw = req.rawHeaders;
  const headers: string[] = [];
  const named = namedInConnection(req.headers.connection);
  const continued: Continued = {
    forwardedFor: undefined,
    forwarded: undefined,
    port: undefined,
    prefix: undefined,
    requestId: undefined,
    traceparent: undefined,
    tracestate: undefined,
    hops: undefined,
  };
  let wantsEvents = false;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    const kind = kindOf(name);
    if (kind === 'drop') continue;
    if (kind === 'never-named') headers.push(name, value);
    else if (named?.has(name.toLowerCase())) continue;
    else if (kind === 'pass') headers.push(name, value);
    else if (kind === 'accept') {
      wantsEvents ||= value.includes('text/event-stream');
      headers.push(name, value);
    } else if (kind === 'destination') headers.push(name, changes.destination?.(value) ?? value);
    else passSpecial(kind, name, value, additions, headers, continued);
  }
  if (changes.stripPrefix) addPrefix(continued, changes.stripPrefix);
  return { headers, continued, wantsEvents };
}

function passSpecial(
  kind: Kind,
  name: string,
  value: string,
  additions: HeadAdditions,
  headers: string[],
  seen: Continued,
) {
  if (kind === 'cookie') {
    const rest = withoutCookies(value, additions.cookieNames);
    if (rest !== undefined) headers.push(name, rest);
  } else if (kind === 'authorization') {
    if (additions.passAuthorization) headers.push(name, value);
  } else if (kind === 'traceparent') seen.traceparent = seen.traceparent === undefined ? value : '';
  else if (kind === 'tracestate') seen.tracestate = join(seen.tracestate, value);
  else if (kind === 'hop') seen.hops = join(seen.hops, value);
  else if (!additions.source.trusted) return;
  else if (kind === 'forwarded-for') seen.forwardedFor = join(seen.forwardedFor, value);
  else if (kind === 'forwarded') seen.forwarded = join(seen.forwarded, value);
  else if (kind === 'forwarded-port') seen.port = value;
  else if (kind === 'forwarded-prefix') seen.prefix = value;
  else if (kind === 'client-address' || kind === 'kept') headers.push(name, value);
  else if (kind === 'request-id') seen.requestId = value;
}

function appendAdditions(
  headers: string[],
  { source }: HeadAdditions,
  seen: Continued,
  forwarded: ForwardedWriter,
): string {
  const fresh = randomUUID();
  const requestId = seen.requestId !== undefined && isRequestId(seen.requestId) ? seen.requestId : fresh;
  headers.push('X-Forwarded-For', join(seen.forwardedFor, source.peer));
  headers.push('X-Forwarded-Proto', source.proto, 'X-Forwarded-Host', source.host);
  const port = seen.port !== undefined && /^\d{1,5}$/.test(seen.port) ? seen.port : portOf(source);
  headers.push('X-Forwarded-Port', port, 'X-Real-IP', source.address);
  if (seen.prefix !== undefined && isPrefix(seen.prefix)) headers.push('X-Forwarded-Prefix', seen.prefix);
  headers.push('Forwarded', forwarded(source, seen.forwarded), 'X-Request-Id', requestId);
  appendTrace(headers, fresh, seen);
  return requestId;
}

/** The port of the request, which the Host header omits when it is the scheme's default. */
function portOf({ host, proto }: RequestSource): string {
  const colon = host.lastIndexOf(':');
  if (colon !== -1 && host.charCodeAt(host.length - 1) !== bracket) return host.slice(colon + 1);
  return proto === 'https' ? '443' : '80';
}
const bracket = 0x5d;

/** The prefixes that proxies have removed, the outermost first. */
function addPrefix(seen: Continued, stripped: string): void {
  const before = seen.prefix !== undefined && isPrefix(seen.prefix) ? seen.prefix.replace(/\/$/, '') : '';
  seen.prefix = before + stripped;
}

const isPrefix = (value: string): boolean => /^(\/[\w.~-]{1,100}){1,20}\/?$/.test(value);

// W3C Trace Context, version 00: neither id may be all zeros.
const traceparentPattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

function appendTrace(headers: string[], fresh: string, seen: Continued): void {
  if (seen.traceparent !== undefined && traceparentPattern.test(seen.traceparent)) {
    headers.push('traceparent', seen.traceparent);
    if (seen.tracestate !== undefined) headers.push('tracestate', seen.tracestate);
    return;
  }
  const second = fresh.slice(19, 23) + fresh.slice(24);
  headers.push(
    'traceparent',
    `00-${fresh.slice(0, 8)}${fresh.slice(9, 13)}${fresh.slice(14, 18)}${second}-${second}-00`,
  );
}

type ForwardedWriter = (source: RequestSource, before: string | undefined) => string;

/**
 * Creates the writer of `Forwarded` (RFC 7239): one element for this hop, after those of trusted proxies. If they sent none,
 * it names the client. The last element is cached: the next request of a connection often has the same one.
 */
function forwardedWriter(): ForwardedWriter {
  let last: Readonly<{ address: string; host: string; proto: string; text: string }> | undefined;
  return function forwarded(source, before) {
    if (before !== undefined) return `${before}, ${element(source.peer, source)}`;
    const { address, host, proto } = source;
    if (last === undefined || address !== last.address || host !== last.host || proto !== last.proto) {
      last = { address, host, proto, text: element(address, source) };
    }
    return last.text;
  };
}

function element(address: string, { proto, host }: RequestSource): string {
  const node = address.includes(':') ? `"[${address}]"` : address;
  // A quoted string: characters that could end it are removed rather than escaped.
  return `for=${node};proto=${proto}${/^[\w.:[\]-]+$/.test(host) ? `;host="${host}"` : ''}`;
}
