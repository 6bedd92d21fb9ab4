import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { http } from '../http.ts';

/** Headers as `writeHead` takes them: an object, or a list in which names and values alternate. */
export type GivenHeaders = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** Trailers as `addTrailers` takes them. */
export type GivenTrailers = OutgoingHttpHeaders | readonly (readonly [string, string])[];

type Headers = Record<string, string | string[]>;
type Value = OutgoingHttpHeader | undefined;

// RFC 9113, 8.2.2.
const ofConnections = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** Their values may hold commas of their own: each stays a line. */
const neverJoined = new Set(['set-cookie', 'www-authenticate']);

/**
 * The headers of an answer for HTTP/2: those set on `res`, replaced by the given ones. Names are in lower case, and headers of
 * the connection are left out.
 * @throws TypeError for a name or value that no HTTP message may have
 */
export function answerHeaders(res: ServerResponse, given: GivenHeaders | undefined): Headers {
  const before: Headers = {};
  for (const [name, value] of Object.entries(res.getHeaders())) add(before, name, value);
  const headers: Headers = {};
  if (Array.isArray(given))
    for (let at = 0; at + 1 < given.length; at += 2) add(headers, String(given[at]), given[at + 1]);
  else for (const [name, value] of Object.entries(given ?? {})) add(headers, name, value);
  return Object.assign(before, headers);
}

/** Trailers for HTTP/2. */
export function trailersOf(given: GivenTrailers): Headers {
  const trailers: Headers = {};
  const pairs: readonly (readonly [string, Value])[] = isPairs(given) ? given : Object.entries(given);
  for (const [name, value] of pairs) add(trailers, name, value);
  return trailers;
}

const isPairs = (given: GivenTrailers): given is readonly (readonly [string, string])[] => Array.isArray(given);

function add(headers: Headers, spelled: string, value: Value): void {
  const name = spelled.toLowerCase();
  if (value === undefined || ofConnections.has(name)) return;
  http.validateHeaderName(name);
  const values = [value].flat().map(String);
  for (const one of values) http.validateHeaderValue(name, one);
  const all = [headers[name] ?? [], values].flat();
  headers[name] = neverJoined.has(name) ? all : all.join(', ');
}
