import type { IncomingMessage } from 'node:http';
import { type Answer, isPublic, type RoutePolicies } from '#request';

const token = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Headers with credentials, which no other origin may send. */
const credentials = /^(authorization|proxy-authorization|cookie|x-gatewarden-.*)$/i;

/**
 * The answer to a pre-flight of a script of another origin, where the route lets every origin read what is public: undefined
 * for other requests, and where the rules do not open the request that is asked for to everybody. No credentials are allowed.
 */
export function preflightAnswer(req: IncomingMessage, route: RoutePolicies | undefined): Answer | undefined {
  const { 'access-control-request-method': asked, 'access-control-request-headers': names } = req.headers;
  if (route?.publicCors !== true || typeof asked !== 'string' || req.headers.origin === undefined) return undefined;
  if (!token.test(asked) || !isPublic(route.rules.select(asked, req.url ?? ''))) return undefined;
  const allowed = String(names ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => token.test(name) && !credentials.test(name));
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Methods': asked,
      ...(allowed.length === 0 ? {} : { 'Access-Control-Allow-Headers': allowed.join(', ') }),
      'Access-Control-Max-Age': '600',
      'Cache-Control': 'no-store',
    },
    body: '',
  };
}
