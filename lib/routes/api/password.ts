import { z } from 'zod';
import { noContent } from '../reply.ts';
import { route } from '../route.ts';
import { text } from '../schemas.ts';

export const passwordRoutes = [
  route({
    method: 'put',
    path: '/api/v1/account/password',
    summary: 'Change your password; ends your other sessions and your tokens.',
    tag: 'account',
    surface: 'own',
    guard: 'self',
    scope: 'gatewarden:write',
    body: { as: 'json', schema: z.strictObject({ current_password: text, new_password: text }) },
    answers: { 204: { description: 'Changed.' } },
    refusals: ['confirmation_required', 'rate_limited'],
    async handle({ core, body, principal, actor }) {
      const confirmed = await core.signIn.confirm(actor, body.current_password);
      if (!confirmed.ok) return confirmed;
      const changed = await core.signIn.change(principal.id, body.new_password, actor, principal.sessionId);
      return changed.ok ? noContent() : changed;
    },
  }),
];
