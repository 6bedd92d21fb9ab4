import type { Socket } from 'node:net';
import { cookieValues, decodeCookie } from '../../net/cookies.ts';
import { readAuthorization, readBareToken } from './bearer.ts';
import type { Credential, Extracted } from './credential.ts';
import type { RequestHead } from './head.ts';
import { countOf } from './raw-headers.ts';

const nothing: Extracted = Object.freeze({ kind: 'credentials', credentials: Object.freeze([]), foreign: false });
const foreignOnly: Extracted = Object.freeze({ kind: 'credentials', credentials: Object.freeze([]), foreign: true });
const malformed = (detail: string): Extracted => ({ kind: 'malformed', detail });

/** The longest cookie that browsers store (RFC 6265, 6.1). */
const longestCookie = 4096;
const controls = /[\u0000-\u001f\u007f]/;

/** The credential headers of a request, each as sent. */
type Presented = Readonly<{
  cookie: string | undefined;
  authorization: string | undefined;
  token: string | string[] | undefined;
  own: boolean;
}>;

/** The last credential headers on a connection, with their result: a browser sends the same ones with each request. */
type Remembered = Presented & Readonly<{ extracted: Extracted }>;

/** Node keeps one of several headers of these names; other servers may keep another one. */
const onlyOnce = ['authorization', 'origin', 'x-gatewarden-token'] as const;

/**
 * Creates the function that reads credentials from the session cookie, `Authorization` and `X-Gatewarden-Token`, never from
 * the query or the body. It verifies nothing and reads no store. `own`: the request is for one of Gatewarden's own routes,
 * where every Bearer token is read as Gatewarden's.
 * - `cookieName`: name of the session cookie;
 * - `issuer`: `iss` of Gatewarden's tokens.
 */
export function extractor(options: {
  cookieName: string;
  issuer: string;
}): (head: RequestHead, own: boolean) => Extracted {
  const { cookieName, issuer } = options;
  const remembered = new WeakMap<Socket, Remembered>();

  return function extract(head, own) {
    const doubled = onlyOnce.find((name) => head.headers[name] !== undefined && countOf(head.rawHeaders, name) > 1);
    if (doubled !== undefined) return malformed(`There is more than one ${doubled} header.`);
    const { authorization, cookie, 'x-gatewarden-token': token } = head.headers;
    if (cookie === undefined && authorization === undefined && token === undefined) return nothing;
    const last = remembered.get(head.socket);
    if (
      last?.cookie === cookie &&
      last?.authorization === authorization &&
      last?.token === token &&
      last?.own === own
    ) {
      return last.extracted;
    }
    const extracted = combine({ cookie, authorization, token, own });
    remembered.set(head.socket, { cookie, authorization, token, own, extracted });
    return extracted;
  };

  function combine({ cookie, authorization, token, own }: Presented): Extracted {
    const session = readCookie(cookie === undefined ? [] : cookieValues(cookie, cookieName));
    if (typeof session === 'string') return malformed(session);
    const read = authorization === undefined ? undefined : readAuthorization(authorization, issuer, own);
    if (read?.kind === 'malformed') return read;
    const bare = token === undefined ? undefined : readBareToken(String(token));
    if (token !== undefined && bare === undefined)
      return malformed('X-Gatewarden-Token does not hold a Gatewarden token.');
    const credentials = [session, read?.kind === 'ours' ? read.credential : undefined, bare];
    return found(
      credentials.filter((one) => one !== undefined),
      read?.kind === 'foreign',
    );
  }
}

function found(credentials: readonly Credential[], foreign: boolean): Extracted {
  if (credentials.length === 0) return foreign ? foreignOnly : nothing;
  return { kind: 'credentials', credentials, foreign };
}

/**
 * The credential, what is wrong with it, or undefined when there is none. A sibling subdomain can set further cookies of the
 * same name: of several, those that cannot be parsed are ignored.
 */
function readCookie(values: readonly string[]): Credential | string | undefined {
  if (values.length === 0) return undefined;
  const problem = problemOfCookie(values[0] ?? '');
  if (values.length === 1) return problem ?? { kind: 'session', cookie: decodeCookie(values[0] ?? '') };
  const readable = values.filter((value) => problemOfCookie(value) === undefined).map(decodeCookie);
  const [cookie, ...others] = new Set(readable);
  if (cookie === undefined) return problem ?? 'The session cookies cannot be read.';
  return others.length === 0 ? { kind: 'session', cookie } : { kind: 'session', cookie, others };
}

function problemOfCookie(value: string): string | undefined {
  if (value.length > longestCookie) return 'The session cookie is too long.';
  return controls.test(decodeCookie(value)) ? 'The session cookie has control characters in it.' : undefined;
}
