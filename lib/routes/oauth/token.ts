import { ok } from '../../errors.ts';
import { route } from '../route.ts';
import { authenticateClient } from './client.ts';
import { invalidRequest, oauthAnswers, oauthError, refuseOAuth } from './errors.ts';
import { grantParameters, tokenResponse } from './grant.ts';
import { grantOf } from './grants.ts';

export const tokenEndpointRoutes = [
  route({
    method: 'post',
    path: '/oauth/token',
    summary: 'Tokens for a grant: a client’s own, for a refresh token, for a device code (RFC 6749, RFC 8628).',
    tag: 'oauth',
    surface: 'grant',
    guard: 'anyone',
    body: { as: 'form', schema: grantParameters },
    answers: {
      200: { description: 'The tokens; a refresh token that was sent is spent.', schema: tokenResponse },
      ...oauthAnswers,
    },
    refuse: refuseOAuth,
    async handle(call) {
      const { core, body: parameters } = call;
      if (parameters.grant_type === undefined) return ok(invalidRequest('grant_type is missing.'));
      const grant = grantOf(parameters.grant_type, core.settings);
      if (grant === undefined) return ok(oauthError(400, 'unsupported_grant_type'));
      const found = await authenticateClient(call, parameters);
      return ok(found.ok ? await grant.issue({ ...call, client: found.client, parameters }) : found.answer);
    },
  }),
];
