import { withoutCookies } from '../../net/cookies.ts';
import type { RequestHead } from '../../request/extract/head.ts';
import { isClientAddressHeader, isReservedHeader } from '../../request/extract/reserved-headers.ts';
import type { RequestSource } from '../../request/extract/source.ts';
import type { Answer } from '../../request/respond/write.ts';
import type { IdentityHeader } from '../../request/upstream-identity.ts';
import type { FrontProxy } from './endpoints.ts';

/** The front proxy sets these headers of the answer on the request that it sends to the service. */
export const assertionHeader = 'X-Gatewarden-Assertion';

/** The identity headers of an allowed request as names and values that alternate, with what every such answer has. */
export const allowedHead = (identity: readonly IdentityHeader[]): readonly string[] =>
  Object.freeze([...identity.flat(), 'Cache-Control', 'no-store', 'Content-Length', '0']);

/** What is left of the client's credentials for the service. */
export type RemainingCredentials = Readonly<{ cookie: string | undefined; authorization: string | undefined }>;

export function remainingCredentials(
  { headers: { cookie, authorization } }: RequestHead,
  { passAuthorization, cookieNames }: Readonly<{ passAuthorization: boolean; cookieNames: readonly string[] }>,
): RemainingCredentials {
  return {
    cookie: cookie === undefined ? undefined : withoutCookies(cookie, cookieNames),
    authorization: passAuthorization ? authorization : undefined,
  };
}

/** Appends the headers that replace the client's credentials. A front proxy removes those of the client in any case. */
export function appendCredentials(headers: string[], { cookie, authorization }: RemainingCredentials): void {
  if (cookie !== undefined) headers.push('Cookie', cookie);
  if (authorization !== undefined) headers.push('Authorization', authorization);
}

/** Those that Envoy itself sets. */
const setByEnvoy: ReadonlySet<string> = new Set(['x-forwarded-for', 'x-forwarded-proto']);

/**
 * Appends the names of the client's headers that Envoy must remove: its credentials unless they are replaced, and the reserved ones that
 * `headers` does not replace.
 */
export function appendRemovals(headers: string[], { rawHeaders }: RequestHead, left: RemainingCredentials): void {
  const replaced = new Set(headers.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()));
  const removed = new Set(['x-gatewarden-token']);
  if (left.cookie === undefined) removed.add('cookie');
  if (left.authorization === undefined) removed.add('authorization');
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const reserved = isReservedHeader(name) || isClientAddressHeader(name);
    if (reserved && !replaced.has(name) && !setByEnvoy.has(name)) removed.add(name);
  }
  headers.push('x-envoy-auth-headers-to-remove', [...removed].join(','));
}

/** A refusal in the form that a front proxy passes on. */
export function refusalFor(front: FrontProxy, answer: Answer, source: RequestSource | undefined): Answer {
  const placed = withAbsoluteLocation(answer, source);
  return front === 'nginx' ? forNginx(placed) : placed;
}

/** Traefik resolves a relative `Location` against the address of the endpoint, which browsers cannot reach. */
function withAbsoluteLocation(answer: Answer, source: RequestSource | undefined): Answer {
  const { Location: location, ...headers } = answer.headers;
  if (typeof location !== 'string') return answer;
  const origin = source !== undefined && location.startsWith('/') ? `${source.proto}://${source.host}` : '';
  return { ...answer, status: 302, headers: { ...headers, Location: `${origin}${location}` } };
}

/**
 * nginx passes on 401 and 403 only, and answers every other status with 500. So a redirect is a 401 that names its location,
 * and other refusals are a 403 that names the status. An outage stays as it is.
 */
function forNginx(answer: Answer): Answer {
  const { status, body } = answer;
  if (status >= 500) return answer;
  const { Location: location, ...rest } = answer.headers;
  const headers = onePerName(rest);
  if (location !== undefined) {
    const redirect = { 'WWW-Authenticate': 'Bearer', ...headers, 'X-Gatewarden-Location': location };
    return { status: 401, headers: redirect, body };
  }
  if (status === 401 || status === 403) return { status, headers, body };
  return { status: 403, headers: { ...headers, 'X-Gatewarden-Status': String(status) }, body };
}

/** nginx reads the first of several headers of a name: the cookie without a domain, and all challenges in one. */
function onePerName(headers: Answer['headers']): Readonly<Record<string, string>> {
  const joined = Object.entries(headers).map(([name, value]) => {
    if (typeof value === 'string') return [name, value];
    return [name, name === 'Set-Cookie' ? (value[0] ?? '') : value.join(', ')];
  });
  return Object.fromEntries(joined);
}
