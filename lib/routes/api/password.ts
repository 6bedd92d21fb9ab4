import { z } from 'zod';
import { changePassword } from '../changing-password.ts';
import { noContent } from '../reply.ts';
import { route } from '../route.ts';
import { text } from '../schemas.ts';

export const passwordRoutes = [
  route({
    method: 'put',
    path: '/api/v1/account/password',
    summary: 'Change your password; ends your other sessions and your tokens. A session with a cookie gets a new one.',
    tag: 'account',
    surface: 'own',
    guard: 'self',
    scope: 'gatewarden:write',
    body: { as: 'json', schema: z.strictObject({ current_password: text, new_password: text }) },
    answers: { 204: { description: 'Changed.' } },
    refusals: ['confirmation_required', 'rate_limited'],
    async handle(call) {
      const { current_password: current, new_password: next } = call.body;
      const changed = await changePassword(call, { current, next });
      return changed.ok ? noContent() : changed;
    },
  }),
];
