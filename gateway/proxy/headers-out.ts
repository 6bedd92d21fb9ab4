import type { IncomingHttpHeaders } from 'node:http';
import type { RequestSource } from 'gatewarden';
import { type AnswerHeader, answerHeaderNames, kindOf, type RawHeaders, spellings } from './header-names.ts';
import type { Links } from './links.ts';

/** How an upstream's answer depends on the request. */
export interface Passing {
  /** The request is anonymous and its rule is public: shared caches may store the answer. */
  readonly shared: boolean;
  /** Names of Gatewarden's cookies in lower case: an upstream may not set them. */
  readonly cookieNames: ReadonlySet<string>;
  /** A `Set-Cookie` to add, which clears a dead session cookie. */
  readonly setCookie: string | undefined;
  /** The answer to the client is chunked, so that trailers may be announced. */
  readonly trailers: boolean;
  /** 204 answers have no length (RFC 9110, 8.6). */
  readonly noLength: boolean;
  /** `Service-Worker-Allowed` may widen the scope of a service worker to Gatewarden's own pages. */
  readonly serviceWorkers: boolean;
  /** Where the request was made: what URLs of the upstream are changed into. */
  readonly source: RequestSource;
}

/** What a route changes in the headers of its answers. */
export type AnswerChanges = Readonly<{
  /** Headers that each answer has, in place of those of the upstream. */
  set?: readonly (readonly [name: string, value: string])[];
  /** Names of headers that are not passed on. */
  remove?: readonly string[];
  /** Changes the URLs of the upstream into those of the client. Absent where they are the same. */
  links?: Links | undefined;
  /** Scripts of every origin may read what everybody is answered. */
  publicCors?: boolean;
}>;

type Value = string | string[];

/**
 * Returns an upstream's headers for the client: names and values alternate, the names spelled as in `raw`. Hop-by-hop headers
 * are removed, Gatewarden's cookies cannot be set or cleared, and no shared cache may store an answer to a principal.
 */
export type AnswerHeadWriter = (upstream: IncomingHttpHeaders, raw: RawHeaders, passing: Passing) => Value[];

/** Creates an `AnswerHeadWriter`. It caches the spellings of header names, so that one serves a whole route. */
export function answerHeadWriter(changes: AnswerChanges = {}): AnswerHeadWriter {
  const nameOf = answerHeaderNames(kindsOf(changes));
  const { set = [], links, publicCors = false } = changes;
  const controlOf = keptValue('cache-control', changes);
  const varyOf = keptValue('vary', changes);
  return function answerHead(upstream, raw, passing) {
    const headers: Value[] = [];
    const { shared } = passing;
    const named = namedIn(upstream.connection);
    const spelledAs = spellings(raw);
    // With both, the chunked encoding decided the length (RFC 9112, 6.3), so Content-Length is removed.
    const noLength = passing.noLength || upstream['transfer-encoding'] !== undefined;
    let at = 0;
    for (const lower in upstream) {
      const value = upstream[lower];
      if (value === undefined) continue;
      const name = nameOf(lower);
      const { kind } = name;
      if (kind !== 'drop' && !named?.has(lower)) {
        const spelled = spelledAs(name, at);
        const passes = kind === 'pass' || (kind === 'content-length' && !noLength) || (kind === 'caching' && shared);
        if (passes) headers.push(spelled, value);
        else passSpecial({ headers, links }, kind, spelled, value, passing);
      }
      at += typeof value === 'string' ? 2 : 2 * value.length;
    }
    for (const [name, value] of set) {
      if (shared || kindOf(name.toLowerCase()) !== 'caching') headers.push(name, value);
    }
    if (!shared) tellCaches(headers, controlOf(upstream), varyOf(upstream));
    else if (publicCors) headers.push('Access-Control-Allow-Origin', '*');
    if (passing.setCookie !== undefined) headers.push('Set-Cookie', passing.setCookie);
    return headers;
  };
}

/** Not `Access-Control-Expose-Headers`: it allows nobody anything. */
const corsHeaders = ['allow-origin', 'allow-credentials', 'allow-methods', 'allow-headers', 'max-age'];

/** The headers that a route treats otherwise. */
function kindsOf({ set = [], remove = [], links, publicCors }: AnswerChanges): ReadonlyMap<string, AnswerHeader> {
  const gone = [...remove, ...set.map(([name]) => name)].map((name) => [name.toLowerCase(), 'drop'] as const);
  const urls = [
    ['location', 'location'],
    ['content-location', 'location'],
    ['refresh', 'refresh'],
    ['link', 'link'],
  ] as const;
  const cors = corsHeaders.map((name) => [`access-control-${name}`, 'cors'] as const);
  return new Map<string, AnswerHeader>([...(links ? urls : []), ...(publicCors ? cors : []), ...gone]);
}

/** Returns the function that gives the value of a header of an answer: the upstream's, unless the route sets or removes it. */
function keptValue(name: 'cache-control' | 'vary', { set = [], remove = [] }: AnswerChanges) {
  const own = set.find(([one]) => one.toLowerCase() === name)?.[1];
  const changed = own !== undefined || remove.some((one) => one.toLowerCase() === name);
  return (upstream: IncomingHttpHeaders): string | undefined => {
    const { [name]: value } = upstream;
    return changed || value === undefined ? own : textOf(value);
  };
}

type Output = Readonly<{ headers: Value[]; links: Links | undefined }>;

function passSpecial(out: Output, kind: AnswerHeader, spelled: string, value: Value, passing: Passing): void {
  const { headers, links } = out;
  if (kind === 'set-cookie') passCookies(out, spelled, value, passing);
  else if (kind === 'cors') passUnlessShared(headers, spelled, value, passing);
  else if (kind === 'location' || kind === 'refresh' || kind === 'link')
    headers.push(spelled, links?.[kind](textOf(value), passing.source) ?? value);
  else if (kind === 'clear-site-data') passClearSiteData(headers, spelled, value);
  else if (kind === 'trailer' && passing.trailers) headers.push(spelled, value);
  else if (kind === 'service-worker-allowed' && passing.serviceWorkers) headers.push(spelled, value);
}

function namedIn(connection: Value | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  const names = textOf(connection)
    .split(',')
    .map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => name !== 'content-length' && name !== 'set-cookie'));
}

function passUnlessShared(headers: Value[], spelled: string, value: Value, { shared }: Passing): void {
  if (!shared) headers.push(spelled, value);
}

function passCookies({ headers, links }: Output, spelled: string, value: Value, passing: Passing): void {
  for (const cookie of typeof value === 'string' ? [value] : value) {
    if (setsOneOf(cookie, passing.cookieNames)) continue;
    headers.push(spelled, links === undefined ? cookie : links.cookie(cookie, passing.source));
  }
}

/** Clears the cookies of the whole site, Gatewarden's too; `"*"` includes cookies. */
function passClearSiteData(headers: Value[], spelled: string, value: Value): void {
  const types = textOf(value).split(',');
  const kept = types.map((type) => type.trim()).filter((type) => !/^"?(cookies|\*)"?$/i.test(type) && type !== '');
  if (kept.length > 0) headers.push(spelled, kept.join(', '));
}

/** Whether a browser would send this cookie under one of these names; `=name=value` is sent as `name=value`. */
export function setsOneOf(cookie: string, ours: ReadonlySet<string>): boolean {
  const end = cookie.indexOf(';');
  const pair = end === -1 ? cookie : cookie.slice(0, end);
  for (let start = 0; ; ) {
    const sign = pair.indexOf('=', start);
    const name = pair.slice(start, sign === -1 ? pair.length : sign).trim();
    if (name !== '') return ours.has(name.toLowerCase());
    if (sign === -1) return false;
    start = sign + 1;
  }
}

function tellCaches(headers: Value[], control: string | undefined, vary: string | undefined): void {
  headers.push('Cache-Control', privately(control));
  headers.push('Vary', vary === undefined ? allCredentials : varied(vary));
}

/** The values of a header as one list (RFC 9110, 5.3). */
export const textOf = (value: Value): string => (typeof value === 'string' ? value : value.join(', '));

// A directive is a token with or without a value, and a quoted value may hold commas (RFC 9111, 5.2).
const directives = /[^\s,="]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s,]*))?/g;

/** Cache-Control without the directives for shared caches, and with `private` unless it has `no-store`. */
export function privately(control: string | undefined): string {
  if (control === undefined) return 'private';
  const given = control.match(directives) ?? [];
  const kept = given.filter((one) => !/^(public|s-maxage|private)\b/i.test(one));
  const closed = kept.some((one) => /^no-store$/i.test(one));
  return (closed ? kept : ['private', ...kept]).join(', ');
}

/** The headers that credentials are read from. */
const credentialHeaders = ['Cookie', 'Authorization', 'X-Gatewarden-Token'];
const allCredentials = credentialHeaders.join(', ');

function varied(vary: string): string {
  const names = vary
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.includes('*')) return '*';
  const given = new Set(names.map((name) => name.toLowerCase()));
  return [...names, ...credentialHeaders.filter((name) => !given.has(name.toLowerCase()))].join(', ');
}
