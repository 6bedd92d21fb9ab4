import { z } from 'zod';
import { changePassword } from '../changing-password.ts';
import { noContent } from '../reply.ts';
import { route } from '../route.ts';
import { text } from '../schemas.ts';

export const passwordRoutes = [
  route({
    method: 'put',
    path: '/api/v1/account/password',
    summary: 'Change your password; ends your other sessions. A session with a cookie gets a new one.',
    tag: 'account',
    surface: 'own',
    guard: 'self',
    scope: 'gatewarden:write',
    body: {
      as: 'json',
      schema: z.strictObject({
        current_password: text,
        new_password: text,
        end_tokens: z.boolean().optional().describe('End your API tokens too.'),
      }),
    },
    answers: { 204: { description: 'Changed.' } },
    refusals: ['confirmation_required', 'rate_limited'],
    async handle(call) {
      const { current_password: current, new_password: next, end_tokens: endTokens } = call.body;
      const changed = await changePassword(call, { current, next, endTokens });
      return changed.ok ? noContent() : changed;
    },
  }),
];
