import { z } from 'zod';
import { ok, type Refusal } from '../../errors.ts';
import type { Answer } from '../../request/respond/write.ts';
import type { Principal } from '../../types.ts';
import { json } from '../reply.ts';
import { type Call, route } from '../route.ts';
import { authenticateClient, type OAuthClient, principalOf } from './client.ts';
import { invalidRequest, oauthAnswers, oauthErrorSchema, refuseBearer } from './errors.ts';
import { inactive, introspected, introspection } from './introspection.ts';
import { clientParameters, parameter } from './parameters.ts';

const scope = 'gatewarden:introspect';
const missing: Refusal = Object.freeze({ code: 'missing_credential' });
const tooLittle: Refusal = Object.freeze({
  code: 'insufficient_scope',
  scope,
  detail: `This needs the scope ${scope}.`,
});

const parameters = z.object({ ...clientParameters, token: parameter(), token_type_hint: parameter() });
type IntrospectionCall = Call<z.output<typeof parameters>>;

/** Who asks: the client that has signed in, else the bearer. A cookie and auto-login do not count: browsers send them by themselves. */
async function asker({ core, principal }: IntrospectionCall, client: OAuthClient): Promise<Principal | undefined> {
  if (client.kind === 'confidential') return principalOf(core, client.record);
  return principal.via === 'access-token' || principal.via === 'api-token' ? principal : undefined;
}

/** Returns the answer to a caller who may not introspect; undefined to one who may. */
async function denied(call: IntrospectionCall): Promise<Answer | undefined> {
  const found = await authenticateClient(call, call.body);
  if (!found.ok) return found.answer;
  const principal = await asker(call, found.client);
  if (principal === undefined) return refuseBearer(missing);
  return principal.scopes.includes(scope) ? undefined : refuseBearer(tooLittle);
}

export const introspectionRoutes = [
  route({
    method: 'post',
    path: '/oauth/introspect',
    summary:
      'What a token stands for now (RFC 7662). Needs a client or a bearer with the scope `gatewarden:introspect`.',
    tag: 'oauth',
    surface: 'grant',
    guard: 'anyone',
    body: { as: 'form', schema: parameters },
    answers: {
      200: { description: '`active` is false for everything that is not valid here and now.', schema: introspection },
      ...oauthAnswers,
      403: { description: '`insufficient_scope`', schema: oauthErrorSchema },
    },
    refuse: refuseBearer,
    async handle(call) {
      const answer = await denied(call);
      if (answer !== undefined) return ok(answer);
      const { token } = call.body;
      if (token === undefined) return ok(invalidRequest('token is missing.'));
      return json(200, (await introspected(call.core, token)) ?? inactive, { Pragma: 'no-cache' });
    },
  }),
];
