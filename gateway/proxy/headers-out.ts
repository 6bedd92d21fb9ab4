import type { IncomingHttpHeaders } from 'node:http';

/** What of an upstream's answer depends on the request. */
export interface Passing {
  /** The rule is public: shared caches may keep the answer. */
  readonly shared: boolean;
  /** Cookies that are ours: an upstream may not set them. In lower case. */
  readonly cookieNames: ReadonlySet<string>;
  /** A `Set-Cookie` of ours to add, which drops a dead session cookie. */
  readonly setCookie: string | undefined;
  /** The answer to the client will have a chunked body, so that trailers may be announced. */
  readonly trailers: boolean;
  /** 204 answers have no length (RFC 9110, 8.6). */
  readonly noLength: boolean;
}

type Value = string | string[];

const dropped = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
  'proxy-authenticate',
  'proxy-authentication-info',
  'http2-settings',
]);

// RFC 9213 and its forerunners: these speak to shared caches alone, above Cache-Control.
const forSharedCaches = /(^|-)cdn-cache-control$|^surrogate-(control|key)$/;

/**
 * An upstream's headers as the client gets them, names and values in turn. What belongs to this hop stays here, our cookies
 * cannot be set, and where a rule asked for somebody no shared cache may keep the answer.
 */
export function clientHeaders(upstream: IncomingHttpHeaders, passing: Passing): (string | string[])[] {
  const headers: (string | string[])[] = [];
  const named = upstream.connection === undefined ? undefined : namedIn(upstream.connection);
  // Both lengths: the chunked one counted (RFC 9112, 6.3), so the other is a lie.
  const noLength = passing.noLength || upstream['transfer-encoding'] !== undefined;
  for (const name in upstream) {
    const value = upstream[name];
    if (value === undefined || dropped.has(name) || named?.has(name)) continue;
    if (name === 'set-cookie') passCookies(headers, value, passing.cookieNames);
    else if (name === 'content-length' && noLength) continue;
    else if (name === 'trailer' && !passing.trailers) continue;
    else if (passing.shared || !aboutCaching(name)) headers.push(name, value);
  }
  if (!passing.shared) tellCaches(headers, upstream);
  if (passing.setCookie !== undefined) headers.push('set-cookie', passing.setCookie);
  return headers;
}

function namedIn(connection: string): ReadonlySet<string> | undefined {
  if (connection === 'keep-alive' || connection === 'close') return undefined;
  const names = connection.split(',').map((name) => name.trim().toLowerCase());
  return new Set(names.filter((name) => name !== 'content-length' && name !== 'set-cookie'));
}

const aboutCaching = (name: string): boolean =>
  name === 'cache-control' || name === 'vary' || forSharedCaches.test(name);

function passCookies(headers: Value[], value: Value, ours: ReadonlySet<string>): void {
  for (const cookie of typeof value === 'string' ? [value] : value) {
    if (!setsOneOf(cookie, ours)) headers.push('set-cookie', cookie);
  }
}

/** True when a browser would send this cookie back under one of these names; `=name=value` is sent back as `name=value`. */
export function setsOneOf(cookie: string, ours: ReadonlySet<string>): boolean {
  const end = cookie.indexOf(';');
  const [name = '', ...value] = (end === -1 ? cookie : cookie.slice(0, end)).split('=');
  if (name.trim() !== '') return ours.has(name.trim().toLowerCase());
  return value.length > 0 && setsOneOf(value.join('='), ours);
}

function tellCaches(headers: Value[], upstream: IncomingHttpHeaders): void {
  headers.push('cache-control', privately(textOf(upstream['cache-control'])));
  headers.push('vary', varied(textOf(upstream.vary)));
}

const textOf = (value: Value | undefined): string | undefined => (Array.isArray(value) ? value.join(', ') : value);

// A directive is a token with or without a value, and a quoted value may hold commas (RFC 9111, 5.2).
const directives = /[^\s,="]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s,]*))?/g;

/** Cache-Control without what invites shared caches, and with `private` unless nothing may be stored at all. */
export function privately(control: string | undefined): string {
  if (control === undefined) return 'private';
  const given = control.match(directives) ?? [];
  const kept = given.filter((one) => !/^(public|s-maxage|private)\b/i.test(one));
  const closed = kept.some((one) => /^no-store$/i.test(one));
  return (closed ? kept : ['private', ...kept]).join(', ');
}

function varied(vary: string | undefined): string {
  if (vary === undefined) return 'Cookie, Authorization';
  const names = vary.split(',').map((name) => name.trim());
  if (names.includes('*')) return '*';
  const missing = ['Cookie', 'Authorization'].filter(
    (name) => !names.some((given) => given.toLowerCase() === name.toLowerCase()),
  );
  return [...names, ...missing].join(', ');
}
