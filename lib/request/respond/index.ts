import { type ErrorCode, errorTable, type Refusal } from '../../errors.ts';
import { basicChallenge, challenge } from './challenge.ts';
import { htmlContentType, mediaTypes } from './media-types.ts';
import type { OwnHeaders } from './own-headers.ts';
import { problemJson } from './problem.ts';
import { returnTo } from './return-to.ts';
import type { Answer } from './write.ts';

export type Respond = Readonly<{
  refusal: Refusal;
  /** What every answer of ours carries. */
  ownHeaders: OwnHeaders;
  /** A browser asks for a page to show. */
  navigation: boolean;
  /** Path or address of the sign-in page: where a navigation without a live credential is sent. Default: nowhere. */
  signIn?: string | undefined;
  /** The request target, to come back to; default `/`. */
  target?: string | undefined;
  /** Default GET. What was unsafe is not done again after sign-in: one comes back to `/`. */
  method?: string | undefined;
  realm?: string | undefined;
  /** The `Set-Cookie` values that drop a dead session cookie. */
  clearCookieHeader?: string | string[] | undefined;
  /** Offer `Basic` as well, with a token as the password: to programs that know nothing else. Default false. */
  offerBasic?: boolean | undefined;
  /** Send a navigation to the very same target once more, with the cookie dropped. */
  retry?: boolean | undefined;
  /** The page that shows a refusal to a navigation; without it, everybody gets problem+json. */
  page?: ((refusal: Refusal) => string) | undefined;
}>;

/** Signing in cures these. */
const curable: ReadonlySet<ErrorCode> = new Set([
  'missing_credential',
  'invalid_token',
  'token_expired',
  'token_revoked',
]);

/** Seconds, where a refusal does not say. */
const waits: Partial<Record<ErrorCode, number>> = { rate_limited: 60, store_unavailable: 2, upstream_busy: 5 };

/**
 * The answer to a refusal: for a navigation that signing in would help a 303 to the sign-in page, else the status of
 * the code with its challenge, as a page or as problem+json. Never kept by a cache.
 */
export function respond(asked: Respond): Answer {
  const headers = { ...asked.ownHeaders, ...cookieHeader(asked.clearCookieHeader) };
  const elsewhere = asked.navigation ? locationFor(asked) : undefined;
  if (elsewhere !== undefined) return { status: 303, headers: { ...headers, Location: elsewhere }, body: '' };
  const { refusal, page } = asked;
  const { status } = errorTable[refusal.code];
  const withReasons = { ...headers, ...challengeHeader(asked, status), ...waitHeader(refusal) };
  if (asked.navigation && page !== undefined) {
    return { status, headers: { ...withReasons, 'Content-Type': htmlContentType }, body: page(refusal) };
  }
  return { status, headers: { ...withReasons, 'Content-Type': mediaTypes.problem }, body: problemJson(refusal) };
}

const cookieHeader = (clearCookieHeader: string | string[] | undefined): Record<string, string | string[]> =>
  clearCookieHeader === undefined ? {} : { 'Set-Cookie': clearCookieHeader };

function locationFor({ refusal, signIn, target, method = 'GET', retry }: Respond): string | undefined {
  const back = method === 'GET' || method === 'HEAD' ? returnTo(target) : '/';
  if (retry === true) return back;
  if (signIn === undefined || !curable.has(refusal.code)) return undefined;
  return `${signIn}?next=${encodeURIComponent(back)}`;
}

function challengeHeader({ refusal, realm, offerBasic }: Respond, status: number): Record<string, string | string[]> {
  const value = challenge(refusal, status, realm);
  if (value === undefined) return {};
  if (!offerBasic || status !== 401) return { 'WWW-Authenticate': value };
  // Clients of container registries take the first scheme they know, and fail on a Bearer without a realm.
  const basicFirst = refusal.code === 'missing_credential';
  return { 'WWW-Authenticate': basicFirst ? [basicChallenge, value] : [value, basicChallenge] };
}

function waitHeader({ code, retryAfter }: Refusal): Record<string, string> {
  const seconds = retryAfter ?? waits[code];
  return seconds === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) };
}
