import { z } from 'zod';
import { type ErrorCode, errorTable, ok, type Refusal } from '../../errors.ts';
import type { Answer } from '../../request/respond/write.ts';
import { json } from '../reply.ts';
import { route } from '../route.ts';

/** RFC 6749, section 5.2: the codes of a token endpoint. */
const oauthCodes: Partial<Record<ErrorCode, string>> = {
  invalid_token: 'invalid_grant',
  token_expired: 'invalid_grant',
  token_revoked: 'invalid_grant',
  rate_limited: 'temporarily_unavailable',
  store_unavailable: 'temporarily_unavailable',
};

const failure = (
  status: number,
  error: string,
  more: Partial<{ detail: string; headers: Record<string, string> }> = {},
): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Pragma: 'no-cache', ...more.headers },
  body: JSON.stringify({ error, error_description: more.detail }),
});

/** A credential beside the grant that is no good: the challenge names the schemes that clients use (RFC 6749, 5.2). */
const invalidClient = (detail: string): Answer =>
  failure(401, 'invalid_client', { detail, headers: { 'WWW-Authenticate': 'Bearer, Basic realm="oauth"' } });

function refuse(refusal: Refusal): Answer {
  const { status, title } = errorTable[refusal.code];
  const detail = refusal.detail ?? title;
  if (status === 401) return invalidClient(detail);
  const headers = refusal.retryAfter === undefined ? undefined : { 'Retry-After': String(refusal.retryAfter) };
  return failure(status, oauthCodes[refusal.code] ?? 'invalid_request', { detail, ...(headers && { headers }) });
}

const grantFailed = (refusal: Refusal): Answer =>
  oauthCodes[refusal.code] === 'invalid_grant'
    ? failure(400, 'invalid_grant', { detail: 'The refresh token is not good.' })
    : refuse(refusal);

const oauthError = z.object({ error: z.string(), error_description: z.string().optional() });

const granted = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number().int(),
  refresh_token: z.string().optional(),
});

export const tokenEndpointRoutes = [
  route({
    method: 'post',
    path: '/oauth/token',
    summary: 'A new access token for a refresh token (RFC 6749, section 6).',
    tag: 'oauth',
    surface: 'grant',
    guard: 'anyone',
    body: {
      as: 'form',
      schema: z.object({ grant_type: z.string().max(200), refresh_token: z.string().max(4096).optional() }),
    },
    answers: {
      200: { description: 'The tokens; the refresh token sent is spent.', schema: granted },
      400: { description: 'RFC 6749, section 5.2.', schema: oauthError },
      401: { description: '`invalid_client`', schema: oauthError },
    },
    refuse,
    async handle({ core, req, principal, body, caller }) {
      const claimsClient = req.headers.authorization !== undefined && principal.kind === 'anonymous';
      if (claimsClient) return ok(invalidClient('There is no such client.'));
      if (body.grant_type !== 'refresh_token') return ok(failure(400, 'unsupported_grant_type'));
      if (!body.refresh_token) return ok(failure(400, 'invalid_request', { detail: 'refresh_token is missing.' }));
      const renewed = await core.accessTokens.refresh(body.refresh_token, caller);
      if (!renewed.ok) return ok(grantFailed(renewed.refusal));
      const { token, expiresAt, refreshToken } = renewed.value;
      const lifetime = Math.max(0, Math.round((expiresAt - Date.now()) / 1000));
      return json(
        200,
        { access_token: token, token_type: 'Bearer', expires_in: lifetime, refresh_token: refreshToken },
        { Pragma: 'no-cache' },
      );
    },
  }),
];
