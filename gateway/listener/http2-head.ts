import type { Refusal } from 'gatewarden';
import { http } from '../http.ts';

/** The head of an HTTP/2 request in the form of HTTP/1.1: names and values alternate, without pseudo-headers. */
export type Http2Head = Readonly<{ method: string; target: string; rawHeaders: string[] }>;

/** A head with the refusal of a request that is not served as it is. */
export type ReadHead = Readonly<{ head: Http2Head; problem: Refusal | undefined }>;

type HeadOptions = Readonly<{ bodyFollows: boolean; limit: number }>;
type Pseudo = { method: string; path: string; scheme: string; authority: string | undefined };

const malformed = (detail: string): Refusal => ({ code: 'validation_failed', detail });

const problems = {
  scheme: malformed('The scheme of a request on this connection is https.'),
  path: malformed('The path cannot be read.'),
  pseudo: malformed('The request has a pseudo-header that is not known here.'),
  hop: malformed('The request has a header that belongs to connections of HTTP/1.1.'),
  value: malformed('The value of a header cannot be read.'),
  method: malformed('The method is not known.'),
  size: { code: 'headers_too_large' },
  connect: { code: 'method_not_allowed', detail: 'The gateway opens no tunnels.' },
  host: { code: 'ambiguous_path', detail: 'The authority and the Host header name different hosts.' },
} as const satisfies Readonly<Record<string, Refusal>>;

const knownMethods = new Set(http.METHODS);

// RFC 9113, 8.2.2: these have no meaning in HTTP/2; passed on over HTTP/1.1 they would frame another request.
const ofConnections = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/**
 * Reads the header lines of an HTTP/2 request, `raw` as `node:http2` has them. `:authority` becomes `Host`, the pieces of
 * `Cookie` become one (RFC 9113, 8.2.3), and a body of unknown length is announced as HTTP/1.1 does. `bodyFollows`: the stream
 * does not end with its head. `limit`: the most bytes of names and values.
 */
export function readHead(raw: readonly string[], { bodyFollows, limit }: HeadOptions): ReadHead {
  const pseudo: Pseudo = { method: '', path: '', scheme: '', authority: undefined };
  const read = readLines(raw, pseudo);
  const rawHeaders = pseudo.authority === undefined ? [] : ['Host', pseudo.authority];
  if (read.cookies.length > 0) read.lines.push('cookie', read.cookies.join('; '));
  for (const part of read.lines) rawHeaders.push(part);
  if (bodyFollows && !read.hasLength) rawHeaders.push('transfer-encoding', 'chunked');
  const problem = bytesOf(raw) > limit ? problems.size : (read.problem ?? problemOf(pseudo, read.hosts));
  return { head: { method: pseudo.method, target: pseudo.path, rawHeaders }, problem };
}

/** As many bytes as these lines have in HTTP/1.1, where a colon, a space and a line break are added. */
function bytesOf(raw: readonly string[]): number {
  let bytes = 0;
  for (const text of raw) bytes += text.length + 2;
  return bytes;
}

type Lines = {
  readonly lines: string[];
  readonly cookies: string[];
  /** The `Host` headers beside `:authority`. */
  readonly hosts: string[];
  hasLength: boolean;
  problem: Refusal | undefined;
};

function readLines(raw: readonly string[], pseudo: Pseudo): Lines {
  const read: Lines = { lines: [], cookies: [], hosts: [], hasLength: false, problem: undefined };
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const value = raw[at + 1] ?? '';
    if (name.startsWith(':')) read.problem ??= takePseudo(pseudo, name, value);
    else if (name === 'cookie') read.cookies.push(value);
    else takeLine(read, name, value, pseudo.authority !== undefined);
    if (hasControl(value)) read.problem ??= problems.value;
  }
  return read;
}

function takePseudo(pseudo: Pseudo, name: string, value: string): Refusal | undefined {
  if (name === ':method') pseudo.method = value;
  else if (name === ':path') pseudo.path = value;
  else if (name === ':scheme') pseudo.scheme = value;
  else if (name === ':authority') pseudo.authority = value;
  else return problems.pseudo;
  return undefined;
}

function takeLine(read: Lines, name: string, value: string, hasAuthority: boolean): void {
  if (ofConnections.has(name) || (name === 'te' && value !== 'trailers')) {
    read.problem ??= problems.hop;
    return;
  }
  if (name === 'content-length') read.hasLength = true;
  if (name === 'host') read.hosts.push(value);
  // Where it says the same, the authority alone becomes the Host header.
  if (name !== 'host' || !hasAuthority) read.lines.push(name, value);
}

function problemOf({ method, path, scheme, authority }: Pseudo, hosts: readonly string[]): Refusal | undefined {
  if (method === 'CONNECT') return problems.connect;
  if (!knownMethods.has(method)) return problems.method;
  if (scheme.toLowerCase() !== 'https') return problems.scheme;
  if (!(path.startsWith('/') || (path === '*' && method === 'OPTIONS')) || !isVisible(path)) return problems.path;
  const other = hosts.some((host) => host.toLowerCase() !== authority?.toLowerCase());
  return authority !== undefined && (other || hosts.length > 1) ? problems.host : undefined;
}

/** Whether a value has characters that end a line or a text elsewhere. */
function hasControl(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true;
  }
  return false;
}

/** Whether a target has visible ASCII characters only, as HTTP/1.1 has it. */
function isVisible(path: string): boolean {
  for (let at = 0; at < path.length; at += 1) {
    const code = path.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f) return false;
  }
  return true;
}
