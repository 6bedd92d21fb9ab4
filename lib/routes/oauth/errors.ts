import { z } from 'zod';
import { type ErrorCode, errorTable, type Refusal } from '../../errors.ts';
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

const oauthCodes: Partial<Record<ErrorCode, string>> = {
  invalid_token: 'invalid_grant',
  token_expired: 'invalid_grant',
  token_revoked: 'invalid_grant',
  rate_limited: 'temporarily_unavailable',
  store_unavailable: 'temporarily_unavailable',
};

/** Makes the answer for an OAuth error; caches do not store it. */
export const oauthError = (
  status: number,
  error: string,
  more: Partial<{ detail: string; headers: Record<string, string>; applied: true | undefined }> = {},
): Answer => ({
  status,
  headers: { 'Content-Type': mediaTypes.json, 'Cache-Control': 'no-store', Pragma: 'no-cache', ...more.headers },
  body: JSON.stringify({ error, error_description: more.detail, applied: more.applied }),
});

/** 401 for a client that is unknown or did not prove itself: the challenge names the schemes that clients use. */
export const invalidClient = (detail: string): Answer =>
  oauthError(401, 'invalid_client', { detail, headers: { 'WWW-Authenticate': 'Bearer, Basic realm="oauth"' } });

/** Makes the OAuth error for a refusal. */
export function refuseOAuth(refusal: Refusal): Answer {
  const { status, title } = errorTable[refusal.code];
  const detail = refusal.detail ?? title;
  if (status === 401) return invalidClient(detail);
  const headers = refusal.retryAfter === undefined ? undefined : { 'Retry-After': String(refusal.retryAfter) };
  const more = { detail, applied: refusal.applied, ...(headers && { headers }) };
  return oauthError(status, oauthCodes[refusal.code] ?? 'invalid_request', more);
}

/** Makes the OAuth error for a refused grant: 400 `invalid_grant`. */
export const refuseGrant = (refusal: Refusal): Answer =>
  oauthCodes[refusal.code] === 'invalid_grant'
    ? oauthError(400, 'invalid_grant', { detail: 'The refresh token is not valid.' })
    : refuseOAuth(refusal);
