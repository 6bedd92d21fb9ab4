import type { Refusal } from '../../errors.ts';
import type { Principal } from '../../types.ts';
import type { RequestSource } from '../extract/source.ts';

/**
 * Which requests one of Gatewarden's own routes answers at `ADMIN_URL` alone, where that is set: none, all (the account and admin
 * pages), or those that a cookie or auto-login authenticates. A browser adds these to requests by a script of the upstream, too.
 */
export type AdminOnly = 'none' | 'all' | 'by-cookie';

/** The refusal of a path that an upstream or an app serves: its scripts must not have the origin of `ADMIN_URL`. */
export const nothingBehind: Refusal = Object.freeze({
  code: 'not_found',
  detail: 'ADMIN_URL serves the account and admin pages and the API, and nothing else.',
});

/** What is read of a request to one of Gatewarden's own routes. */
export type OwnRequest = Readonly<{
  source: Pick<RequestSource, 'admin'>;
  principal: Pick<Principal, 'via'>;
  /** The request names a session by a cookie, live or not. */
  hasCookie: boolean;
}>;

/** Returns why a request must be made at `adminUrl` instead; undefined when it may be made where it was. */
export function misdirected(adminUrl: string | undefined, only: AdminOnly, request: OwnRequest): Refusal | undefined {
  if (adminUrl === undefined || only === 'none' || request.source.admin) return undefined;
  if (only === 'by-cookie' && !isByCookie(request)) return undefined;
  const what = only === 'all' ? 'This page is' : 'Calls made with a cookie are';
  return { code: 'misdirected_host', detail: `${what} answered at ADMIN_URL, ${adminUrl}, only.` };
}

/** A cookie that has ended leaves the principal anonymous; calls that end a session read it all the same. */
const isByCookie = ({ principal: { via }, hasCookie }: OwnRequest): boolean =>
  via === 'session' || via === 'auto-login' || (via === 'none' && hasCookie);
