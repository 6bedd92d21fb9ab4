import type { Refusal } from '../../errors.ts';
import type { RequestHead } from '../../request/extract/head.ts';
import { foldedHeaderName, isReservedHeader } from '../../request/extract/reserved-headers.ts';
import type { FrontProxy, Question } from './endpoints.ts';

/** The headers in which a front proxy names the original request. `host`: absent where that is the `Host` header. */
type NamingHeaders = Readonly<{ target: string; method: string; host?: string }>;

const namedBy: Readonly<Record<Exclude<FrontProxy, 'envoy'>, NamingHeaders>> = {
  nginx: { target: 'x-original-uri', method: 'x-original-method' },
  traefik: { target: 'x-forwarded-uri', method: 'x-forwarded-method', host: 'x-forwarded-host' },
  caddy: { target: 'x-forwarded-uri', method: 'x-forwarded-method', host: 'x-forwarded-host' },
};

/** An origin-form or asterisk-form target (RFC 9112, 3.2). Node joins repeated headers by a comma and a space. */
const targetForm = /^(?:\/[^\u0000-\u0020\u007f]*|\*)$/;
const methodForm = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const unreadable = (detail: string): Refusal => ({ code: 'validation_failed', detail });

/**
 * The request that a front proxy asks about: its target and method, with the headers and the connection of the question. A refusal
 * when the proxy names it not at all, twice, or unreadably.
 */
export function originalRequest(question: Question, head: RequestHead): RequestHead | Refusal {
  return question.front === 'envoy' ? atEnvoy(question.target, head) : inHeaders(namedBy[question.front], head);
}

function atEnvoy(target: string, head: RequestHead): RequestHead | Refusal {
  if (!targetForm.test(target)) return unreadable('The path below the endpoint is not the path of a request.');
  return requestOf(head, target, head.method, false);
}

function inHeaders(names: NamingHeaders, head: RequestHead): RequestHead | Refusal {
  const { [names.target]: target, [names.method]: method } = head.headers;
  if (typeof target !== 'string' || !targetForm.test(target))
    return unreadable(`${names.target} must be there once, with the path of the original request.`);
  if (typeof method !== 'string' || !methodForm.test(method))
    return unreadable(`${names.method} must be there once, with the method of the original request.`);
  if (names.host !== undefined && typeof head.headers[names.host] !== 'string')
    return unreadable(`${names.host} must be there once, with the host of the original request.`);
  return requestOf(head, target, method, names.host !== undefined);
}

function requestOf(
  { headers, rawHeaders, socket }: RequestHead,
  url: string,
  method: string | undefined,
  namesHost: boolean,
): RequestHead {
  const { 'x-forwarded-host': forwarded, host } = headers;
  const sent = namesHost || forwarded === undefined || forwarded === host ? headers : withoutForwardedHost(headers);
  return { method, url, headers: isSocket(sent) ? { ...sent, upgrade: 'websocket' } : sent, rawHeaders, socket };
}

/** A proxy that does not name the host in this header passes on what the client sent in it. */
function withoutForwardedHost(headers: RequestHead['headers']): RequestHead['headers'] {
  const { 'x-forwarded-host': _, ...rest } = headers;
  return rest;
}

/** Proxies remove `Upgrade` from the question, and HTTP/2 has none. The headers of WebSocket (RFC 6455, 4.1) remain. */
function isSocket(headers: RequestHead['headers']): boolean {
  if (headers.upgrade !== undefined) return false;
  if (headers['sec-websocket-key'] !== undefined || headers['sec-websocket-version'] !== undefined) return true;
  return headers['sec-fetch-mode'] === 'websocket';
}

const beyondHyphens = /[^a-z0-9-]/i;

/**
 * The folded names of headers that are spelled with other characters than letters, digits and hyphens. The front proxy replaces
 * identity headers by their plain names only, and a service may read `X_Forwarded_User` as one.
 */
export function aliasesIn({ rawHeaders }: RequestHead): readonly string[] {
  let aliases: string[] | undefined;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!beyondHyphens.test(name)) continue;
    aliases ??= [];
    aliases.push(foldedHeaderName(name));
  }
  return aliases ?? none;
}

const none: readonly string[] = Object.freeze([]);

/** Whether one of these names is of an identity header: a reserved one, or one of `identityNames`. */
export const hasIdentity = (folded: readonly string[], identityNames: readonly string[] = []): boolean =>
  folded.some((name) => isReservedHeader(name) || identityNames.some((one) => foldedHeaderName(one) === name));
