import { z } from 'zod';
import { refused } from '../../errors.ts';
import { fieldText } from '../../pages/refusal-text.ts';
import { json } from '../reply.ts';
import { type CallContext, route } from '../route.ts';
import { wordsFor } from './page.ts';

const field = z.string().catch('').default('');

/** Whether somebody may choose a password here and now: only they need to know what is refused. */
async function mayChoose({ core, principal }: CallContext): Promise<boolean> {
  if (principal.kind === 'user') return true;
  return (await core.signUp.mode()) !== 'closed' || (await core.firstAdmin.needed());
}

export const passwordCheckRoutes = [
  route({
    method: 'post',
    path: '/password-check',
    summary: 'Whether a new password would be refused, and why: asked by the script of the forms. Nothing is kept.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    everyHost: true,
    body: { as: 'form', schema: z.object({ password: field, username: field, email: field }) },
    answers: {
      200: {
        description: 'A sentence for people, or null for a good password.',
        schema: z.object({ problem: z.string().nullable() }),
      },
    },
    refusals: ['signup_closed'],
    async handle(call) {
      if (!(await mayChoose(call))) return refused('signup_closed');
      const { password, username, email } = call.body;
      const owner = { username: username || call.principal.name, email };
      const problem = call.core.problemOfPassword(password, owner);
      return json(200, { problem: problem === undefined ? null : fieldText(wordsFor(call), 'password', problem) });
    },
  }),
];
