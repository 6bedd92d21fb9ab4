import { z } from 'zod';
import { ok } from '../../errors.ts';
import { json } from '../reply.ts';
import { type CallContext, route } from '../route.ts';
import { authenticateClient } from './client.ts';
import { invalidRequest, oauthAnswers, oauthError, refuseOAuth } from './errors.ts';
import { baseOf } from './metadata.ts';
import { clientParameters, parameter, scopesIn } from './parameters.ts';

/** RFC 8628, 3.2. */
const deviceResponse = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string(),
  expires_in: z.number().int(),
  interval: z.number().int(),
});

/** Where a person approves: at `ADMIN_URL`, where that is set. */
const pageOf = (call: CallContext): string => {
  const { adminUrl } = call.core.settings;
  return `${adminUrl === undefined ? baseOf(call) : `${adminUrl}${call.prefix}`}/device`;
};

export const deviceAuthorizationRoutes = [
  route({
    method: 'post',
    path: '/oauth/device_authorization',
    summary: 'Start a sign-in on a device that has no browser: a person approves it on the page `device` (RFC 8628).',
    tag: 'oauth',
    surface: 'grant',
    guard: 'anyone',
    body: { as: 'form', schema: z.object({ ...clientParameters, scope: parameter() }) },
    answers: { 200: { description: 'The codes.', schema: deviceResponse }, ...oauthAnswers },
    refuse: refuseOAuth,
    async handle(call) {
      const { core, req, body, caller } = call;
      const namesNoClient = body.client_id === undefined && req.headers.authorization === undefined;
      if (namesNoClient) return ok(invalidRequest('client_id is missing.'));
      const found = await authenticateClient(call, body);
      if (!found.ok) return ok(found.answer);
      const { kind, clientId } = found.client;
      if (kind !== 'public') return ok(oauthError(400, 'unauthorized_client'));
      const scopes = scopesIn(body.scope);
      const begun = scopes.ok ? await core.devices.begin({ clientId, scopes: scopes.value }, caller) : scopes;
      if (!begun.ok) return ok(refuseOAuth(begun.refusal));
      const { deviceCode, userCode, expiresIn, interval } = begun.value;
      const page = pageOf(call);
      const codes: z.input<typeof deviceResponse> = {
        ...{ device_code: deviceCode, user_code: userCode, expires_in: expiresIn, interval },
        ...{ verification_uri: page, verification_uri_complete: `${page}?user_code=${userCode}` },
      };
      return json(200, codes, { 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    },
  }),
];
