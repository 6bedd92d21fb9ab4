import { z } from 'zod';
import { ok } from '../../errors.ts';
import { json } from '../reply.ts';
import { route } from '../route.ts';
import { invalidClient, oauthError, oauthErrorSchema, refuseGrant, refuseOAuth } from './errors.ts';

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
      400: { description: 'RFC 6749, section 5.2.', schema: oauthErrorSchema },
      401: { description: '`invalid_client`', schema: oauthErrorSchema },
    },
    refuse: refuseOAuth,
    async handle({ core, req, prefix, principal, body, caller }) {
      const claimsClient = req.headers.authorization !== undefined && principal.kind === 'anonymous';
      if (claimsClient) return ok(invalidClient('There is no such client.'));
      if (body.grant_type !== 'refresh_token') return ok(oauthError(400, 'unsupported_grant_type'));
      if (!body.refresh_token) return ok(oauthError(400, 'invalid_request', { detail: 'refresh_token is missing.' }));
      const renewed = await core.accessTokens.refresh(body.refresh_token, caller);
      if (!renewed.ok) {
        const { code: outcome } = renewed.refusal;
        const about = { subject: `${prefix}/oauth/token`, detail: { method: 'POST' } };
        await core.record({ event: 'access.denied', actor: '', via: 'none', ...caller, outcome, ...about });
        return ok(refuseGrant(renewed.refusal));
      }
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
