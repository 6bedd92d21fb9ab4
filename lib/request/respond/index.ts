import { type ErrorCode, errorTable, type Refusal } from '../../errors.ts';
import { basicChallenge, challenge } from './challenge.ts';
import { htmlContentType, mediaTypes } from './media-types.ts';
import type { OwnHeaders } from './own-headers.ts';
import { problemJson } from './problem.ts';
import { returnTo } from './return-to.ts';
import type { TextAnswer } from './write.ts';

/** A refusal to answer, and how. */
export type RefusalAnswer = Readonly<{
  refusal: Refusal;
  /** The headers of every answer that Gatewarden gives. */
  ownHeaders: OwnHeaders;
  /** Whether the request is a browser's navigation. */
  navigation: boolean;
  /**
   * Returns the URL of the sign-in, to which a navigation without a valid credential is redirected. It takes the checked path to
   * return to, and the URL has a query. Default: none.
   */
  signIn?: ((back: string) => string) | undefined;
  /** The request target to return to after sign-in. Default: `/`. */
  target?: string | undefined;
  /** Default: `GET`. An unsafe request is not repeated after sign-in: the user returns to `/`. */
  method?: string | undefined;
  realm?: string | undefined;
  /** The `Set-Cookie` values that clear the session cookie. */
  clearCookieHeader?: string | string[] | undefined;
  /**
   * Whether to offer `Basic` as well, with a token as the password, for programs that support nothing else. Default:
   * false.
   */
  offerBasic?: boolean | undefined;
  /** Whether to redirect a navigation to the same target, with the cookie cleared. Default: false. */
  retry?: boolean | undefined;
  /** Where to redirect a safe request, whoever makes it. Default: nowhere. */
  location?: string | undefined;
  /** Renders the page for a navigation. Default: navigations get problem+json too. */
  page?: ((refusal: Refusal) => string) | undefined;
}>;

/** Refusals that signing in may resolve. */
const resolvedBySignIn: ReadonlySet<ErrorCode> = new Set([
  'missing_credential',
  'invalid_token',
  'token_expired',
  'token_revoked',
]);

/** Default `retryAfter` in seconds. */
const waits: Partial<Record<ErrorCode, number>> = { rate_limited: 60, store_unavailable: 2, upstream_busy: 5 };

/**
 * The answer to a refusal: a 303 to the sign-in page for a navigation that signing in may resolve, else the status of the
 * code with its challenge, as a page or as problem+json. Caches never store it.
 */
export function respond(given: RefusalAnswer): TextAnswer {
  const headers = { ...given.ownHeaders, ...cookieHeader(given.clearCookieHeader) };
  const location = isSafe(given.method) ? (given.location ?? locationFor(given)) : locationFor(given);
  if (location !== undefined) return { status: 303, headers: { ...headers, Location: location }, body: '' };
  const { refusal, page } = given;
  const { status } = errorTable[refusal.code];
  const withReasons = { ...headers, ...challengeHeader(given, status), ...waitHeader(refusal) };
  if (given.navigation && page !== undefined) {
    return {
      status,
      headers: { ...withReasons, 'Content-Type': htmlContentType },
      body: page({ ...refusal, retryAfter: waitOf(refusal) }),
    };
  }
  return { status, headers: { ...withReasons, 'Content-Type': mediaTypes.problem }, body: problemJson(refusal) };
}

const cookieHeader = (clearCookieHeader: string | string[] | undefined): Record<string, string | string[]> =>
  clearCookieHeader === undefined ? {} : { 'Set-Cookie': clearCookieHeader };

const isSafe = (method = 'GET'): boolean => method === 'GET' || method === 'HEAD';

function locationFor(given: RefusalAnswer): string | undefined {
  const { refusal, navigation, signIn, target, method, retry, clearCookieHeader } = given;
  if (!navigation) return undefined;
  const back = isSafe(method) ? returnTo(target) : '/';
  if (retry === true) return back;
  if (signIn === undefined || !resolvedBySignIn.has(refusal.code)) return undefined;
  // The answer clears the cookie, so the sign-in page cannot see by itself that a session has ended.
  return clearCookieHeader === undefined ? signIn(back) : `${signIn(back)}&ended=1`;
}

function challengeHeader(
  { refusal, realm, offerBasic }: RefusalAnswer,
  status: number,
): Record<string, string | string[]> {
  const value = challenge(refusal, status, realm);
  if (value === undefined) return {};
  if (!offerBasic || status !== 401) return { 'WWW-Authenticate': value };
  // Clients of container registries take the first scheme they know, and fail on a Bearer without a realm.
  const basicFirst = refusal.code === 'missing_credential';
  return { 'WWW-Authenticate': basicFirst ? [basicChallenge, value] : [value, basicChallenge] };
}

/** In seconds. */
const waitOf = ({ code, retryAfter }: Refusal): number | undefined => retryAfter ?? waits[code];

function waitHeader(refusal: Refusal): Record<string, string> {
  const seconds = waitOf(refusal);
  return seconds === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };
}
