import { z } from 'zod';
import { json } from '../reply.ts';
import { route } from '../route.ts';
import { text } from '../schemas.ts';

const newAccount = z.strictObject({
  username: text,
  password: text,
  email: text.optional(),
  display_name: text.optional(),
  invitation: text.optional().describe('The code of an invitation.'),
});

const account = z.object({
  user: z.string(),
  role: z.string(),
  active: z.boolean().describe('False: an admin has to activate the account before it can sign in.'),
});

/** Sign-up for programs. It signs nobody in and sets no cookie. */
export const signupRoutes = [
  route({
    method: 'post',
    path: '/api/v1/signup',
    summary: 'Make an account for yourself, where `SIGNUP` allows it.',
    tag: 'account',
    surface: 'grant',
    guard: 'anyone',
    body: { as: 'json', schema: newAccount },
    answers: { 201: { description: 'The account is there.', schema: account } },
    refusals: ['signup_closed', 'conflict', 'rate_limited'],
    async handle({ core, body, caller }) {
      const { display_name: displayName, ...rest } = body;
      const made = await core.signUp.signUp({ ...rest, displayName }, caller);
      if (!made.ok) return made;
      const { username, role, active } = made.value;
      return json(201, { user: username, role, active });
    },
  }),
];
