import type { Socket } from 'node:net';
import { cookieValues, decodeCookie } from '../../net/cookies.ts';
import { readAuthorization } from './bearer.ts';
import type { Credential, Extracted } from './credential.ts';
import type { RequestHead } from './head.ts';
import { countOf } from './raw-headers.ts';

const nothing: Extracted = Object.freeze({ kind: 'credentials', credentials: Object.freeze([]), foreign: false });
const foreignOnly: Extracted = Object.freeze({ kind: 'credentials', credentials: Object.freeze([]), foreign: true });
const malformed = (detail: string): Extracted => ({ kind: 'malformed', detail });

/** A browser keeps no more in one cookie; RFC 6265, 6.1. */
const longestCookie = 4096;
const controls = /[\u0000-\u001f\u007f]/;

/** The last headers on a connection: a browser sends the very same ones again and again, and they read the same. */
type Remembered = Readonly<{
  cookie: string | undefined;
  authorization: string | undefined;
  own: boolean;
  extracted: Extracted;
}>;

/**
 * Makes the function that reads credentials from the session cookie and from `Authorization`. It verifies nothing and uses
 * no store. `own`: the request is for one of Gatewarden's routes, where every Bearer is taken as ours.
 * - `cookieName`: name of the session cookie;
 * - `issuer`: `iss` of our tokens.
 */
export function extractor(options: {
  cookieName: string;
  issuer: string;
}): (req: RequestHead, own: boolean) => Extracted {
  const { cookieName, issuer } = options;
  const remembered = new WeakMap<Socket, Remembered>();

  return function extract(req, own) {
    if (countOf(req.rawHeaders, 'authorization') > 1) return malformed('There is more than one Authorization header.');
    if (countOf(req.rawHeaders, 'origin') > 1) return malformed('There is more than one Origin header.');
    const { authorization, cookie } = req.headers;
    if (cookie === undefined && authorization === undefined) return nothing;
    const last = remembered.get(req.socket);
    if (last?.cookie === cookie && last?.authorization === authorization && last?.own === own) return last.extracted;
    const cookies = cookie === undefined ? [] : cookieValues(cookie, cookieName);
    const extracted = combine(cookies, authorization, own);
    remembered.set(req.socket, { cookie, authorization, own, extracted });
    return extracted;
  };

  function combine(cookies: readonly string[], authorization: string | undefined, own: boolean): Extracted {
    const session = cookies.length === 0 ? undefined : readCookie(cookies);
    if (typeof session === 'string') return malformed(session);
    if (authorization === undefined) return session ? found([session], false) : nothing;
    const read = readAuthorization(authorization, issuer, own);
    if (read.kind === 'malformed') return read;
    if (read.kind === 'foreign') return session ? found([session], true) : foreignOnly;
    return found(session ? [session, read.credential] : [read.credential], false);
  }
}

const found = (credentials: readonly Credential[], foreign: boolean): Extracted => ({
  kind: 'credentials',
  credentials,
  foreign,
});

/** The credential, or what is wrong with it. */
function readCookie([value = '', ...others]: readonly string[]): Credential | string {
  if (others.length > 0) return 'There is more than one session cookie.';
  if (value.length > longestCookie) return 'The session cookie is too long.';
  const cookie = decodeCookie(value);
  return controls.test(cookie) ? 'The session cookie has control characters in it.' : { kind: 'session', cookie };
}
