import type { IncomingMessage } from 'node:http';
import type { Refusal } from 'gatewarden';
import type { RoutePolicies } from '#request';
import type { RouteLimits } from '../config/route-config.ts';
import type { PathChange } from './path-change.ts';

const tooLarge: Refusal = Object.freeze({ code: 'payload_too_large' });
const headersTooLarge: Refusal = Object.freeze({ code: 'headers_too_large' });

type Options = Readonly<{
  policies: RoutePolicies;
  limits: Pick<RouteLimits, 'body' | 'headers'>;
  change: PathChange | undefined;
}>;

type Check = (req: IncomingMessage) => Refusal | undefined;

/** Returns the check of requests that the rules allow and the route may yet refuse; undefined when it never does. */
export function requestProblem({ policies, limits, change }: Options): Check | undefined {
  const { body, headers } = limits;
  const checks: Check[] = [];
  if (headers !== undefined) checks.push((req) => (headBytes(req) > headers ? headersTooLarge : undefined));
  if (body !== undefined) checks.push((req) => (announcedBytes(req) > body ? tooLarge : undefined));
  if (change !== undefined) checks.push((req) => pathProblem(req, policies, change));
  if (checks.length === 0) return undefined;
  return function problemOf(req) {
    for (const check of checks) {
      const problem = check(req);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** Request line and headers as they were sent. */
function headBytes({ method = '', url = '', rawHeaders }: IncomingMessage): number {
  let bytes = method.length + url.length + ' HTTP/1.1\r\n\r\n'.length + 1;
  for (const text of rawHeaders) bytes += text.length + 2;
  return bytes;
}

/** 0 for a body whose length is not known before its end: it is counted while it is sent on. */
const announcedBytes = ({ headers }: IncomingMessage): number => Number(headers['content-length'] ?? 0);

function pathProblem(req: IncomingMessage, { rules }: RoutePolicies, change: PathChange): Refusal | undefined {
  const { method = '', url = '', headers } = req;
  const problem = change.problem(method, url, rules);
  if (problem !== undefined || headers.destination === undefined) return problem;
  return change.problem('PUT', String(headers.destination), rules);
}
