import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { UnsendableError } from './upstream-error.ts';

type RequestHeaders = Record<string, string | string[]>;

// RFC 9113, 8.2.2: headers of connections of HTTP/1.1. A client's are removed before; these would be the gateway's.
const ofConnections = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te']);

type Request = Pick<Dispatcher.DispatchOptions, 'path' | 'method' | 'headers'>;

/**
 * The headers of a request for HTTP/2: `Host` becomes `:authority`, names are in lower case.
 * @throws UnsendableError for a target that HTTP/2 has no form for
 */
export function requestHeaders({ path, method, headers }: Request, scheme: string, authority: string): RequestHeaders {
  const fields: RequestHeaders = {
    ':method': method,
    ':scheme': scheme,
    ':authority': authority,
    ':path': pathIn(path),
  };
  if (!Array.isArray(headers)) throw new UnsendableError('headers are a list');
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = String(headers[at]).toLowerCase();
    const value = String(headers[at + 1]);
    if (name === 'host') fields[':authority'] = value;
    else if (!ofConnections.has(name)) add(fields, name, value);
  }
  // Trailers are read and passed on; services of gRPC ask for this header.
  fields.te = 'trailers';
  return fields;
}

function add(fields: RequestHeaders, name: string, value: string): void {
  const before = fields[name];
  fields[name] = before === undefined ? value : [before, value].flat();
}

/** Of a target in absolute form its path: its host is that of the request. `*` is the server as a whole (OPTIONS). */
function pathIn(target: string): string {
  // Bytes that HTTP/1.1 has no form for either.
  if (/[^\x21-\xff]/.test(target)) throw new UnsendableError('a target that HTTP has no form for');
  if (target.startsWith('/') || target === '*') return target;
  const [authority] = /^https?:\/\/[^/?]*/i.exec(target) ?? [];
  if (authority === undefined) throw new UnsendableError('a target that HTTP/2 has no form for');
  const rest = target.slice(authority.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** The headers of an answer without pseudo-headers. */
export function answerHeaders(received: object): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(received)) if (!name.startsWith(':')) headers[name] = value;
  return headers;
}

/** The header lines of an answer as received, without pseudo-headers: names and values alternate. */
export function answerLines(received: unknown): string[] {
  const lines: string[] = [];
  if (!Array.isArray(received)) return lines;
  for (let at = 0; at + 1 < received.length; at += 2) {
    if (!String(received[at]).startsWith(':')) lines.push(String(received[at]), String(received[at + 1]));
  }
  return lines;
}
