import { z } from 'zod';
import { type ErrorCode, errorTable, type Refusal } from '../../errors.ts';
import { challenge } from '../../request/respond/challenge.ts';
import { mediaTypes } from '../../request/respond/media-types.ts';
import type { Answer } from '../../request/respond/write.ts';

/** An error of an OAuth endpoint (RFC 6749, section 5.2). */
export const oauthErrorSchema = z.object({
  error: z.string(),
  error_description: z.string().optional(),
  applied: z
    .literal(true)
    .optional()
    .describe('With 503: the change is made, and other instances are still being told.'),
});

/** The answers that a route with a body in OAuth's form may give besides its success. */
export const oauthAnswers = {
  400: { description: 'RFC 6749, section 5.2.', schema: oauthErrorSchema },
  401: { description: '`invalid_client`', schema: oauthErrorSchema },
  429: { description: '`temporarily_unavailable`: too many wrong secrets; `Retry-After`.', schema: oauthErrorSchema },
} as const;

const oauthCodes: Partial<Record<ErrorCode, string>> = {
  invalid_credentials: 'invalid_client',
  invalid_token: 'invalid_client',
  token_expired: 'invalid_client',
  token_revoked: 'invalid_client',
  insufficient_scope: 'invalid_scope',
  rate_limited: 'temporarily_unavailable',
  store_unavailable: 'temporarily_unavailable',
};

/** The refusals of what a grant is based on: a password, a refresh token, a code. */
const grantRefusals: ReadonlySet<ErrorCode> = new Set([
  ...(['invalid_credentials', 'account_pending', 'account_disabled'] as const),
  ...(['invalid_token', 'token_expired', 'token_revoked'] as const),
]);

type More = Partial<Readonly<{ detail: string; headers: Record<string, string>; applied: true | undefined }>>;

/** RFC 6749, 5.2: printable ASCII without `"` and `\`. */
const described = (detail: string): string => detail.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, "'");

/** Makes the answer for an OAuth error; caches do not store it. */
export const oauthError = (status: number, error: string, { detail, headers, applied }: More = {}): Answer => ({
  status,
  headers: { 'Content-Type': mediaTypes.json, 'Cache-Control': 'no-store', Pragma: 'no-cache', ...headers },
  body: JSON.stringify({ error, error_description: detail === undefined ? undefined : described(detail), applied }),
});

const basicChallenge = 'Basic realm="oauth", charset="UTF-8"';

/** 401 for a client that is unknown or did not prove itself, the same for each reason. */
export const invalidClient: Answer = oauthError(401, 'invalid_client', {
  detail: 'The client is unknown, or did not prove itself.',
  headers: { 'WWW-Authenticate': `Bearer, ${basicChallenge}` },
});

export const invalidRequest = (detail: string): Answer => oauthError(400, 'invalid_request', { detail });

const fieldsOf = ({ problems = [] }: Refusal): string | undefined =>
  problems.length === 0 ? undefined : problems.map(({ field, message }) => `${field} ${message}`).join('; ');

function moreOf(refusal: Refusal): More {
  const detail = refusal.detail ?? fieldsOf(refusal) ?? errorTable[refusal.code].title;
  const headers: Record<string, string> =
    refusal.retryAfter === undefined ? {} : { 'Retry-After': String(refusal.retryAfter) };
  return { detail, headers, applied: refusal.applied };
}

/** Makes the OAuth error for a refusal. One of a client, or of a credential in a header, is 401 `invalid_client`. */
export function refuseOAuth(refusal: Refusal): Answer {
  const error = oauthCodes[refusal.code] ?? 'invalid_request';
  if (error === 'invalid_client') return invalidClient;
  const status = error === 'invalid_scope' ? 400 : errorTable[refusal.code].status;
  return oauthError(status, error, moreOf(refusal));
}

/** Makes the OAuth error for what a grant is based on: 400 `invalid_grant`, where it is to blame. */
export const refuseGrant = (refusal: Refusal): Answer =>
  grantRefusals.has(refusal.code) ? oauthError(400, 'invalid_grant', moreOf(refusal)) : refuseOAuth(refusal);

/** Makes the error for a refused bearer (RFC 6750, 3): other refusals as `refuseOAuth`. */
export function refuseBearer(refusal: Refusal): Answer {
  const { status } = errorTable[refusal.code];
  const bearer = challenge(refusal, status);
  if (bearer === undefined) return refuseOAuth(refusal);
  const error = /error="(\w+)"/.exec(bearer)?.[1] ?? 'invalid_client';
  const { headers, ...more } = moreOf(refusal);
  return oauthError(status, error, {
    ...more,
    headers: { ...headers, 'WWW-Authenticate': status === 401 ? `${bearer}, ${basicChallenge}` : bearer },
  });
}
