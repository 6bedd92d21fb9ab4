import { z } from 'zod';
import { json } from '../reply.ts';
import { route } from '../route.ts';
import { text, tokenPair, toMoment } from '../schemas.ts';

/** Sign-in for programs: returns an access token and sets no cookie. */
export const loginRoutes = [
  route({
    method: 'post',
    path: '/api/v1/login',
    summary: 'Sign in with a name and a password; gives an access token.',
    tag: 'account',
    surface: 'grant',
    guard: 'anyone',
    body: { as: 'json', schema: z.strictObject({ username: text, password: text }) },
    answers: { 200: { description: 'Signed in.', schema: tokenPair } },
    refusals: ['invalid_credentials', 'account_pending', 'account_disabled', 'rate_limited'],
    async handle({ core, req, res, body, caller }) {
      const verified = await core.passwordAuthenticator.authenticate(req, res, body, caller, 'api');
      if (!verified.ok) return verified;
      const pair = await core.accessTokens.signIn(verified.value, caller);
      return json(200, {
        token: pair.token,
        token_type: 'Bearer',
        expires_at: toMoment(pair.expiresAt),
        refresh_token: pair.refreshToken,
        user: verified.value.username,
        role: verified.value.role,
      });
    },
  }),
];
