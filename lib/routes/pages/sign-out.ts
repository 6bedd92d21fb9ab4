import { z } from 'zod';
import { returnTo } from '../../request/respond/return-to.ts';
import { seeOther } from '../reply.ts';
import { route } from '../route.ts';
import { signOut } from '../signing-out.ts';
import { redirect } from './page.ts';

const field = z.string().optional().catch(undefined);

export const signOutRoutes = [
  route({
    method: 'post',
    path: '/logout',
    summary: 'End the session, with `all=true` all of the user’s.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    body: { as: 'form', schema: z.object({ all: field, next: field }) },
    answers: { 303: redirect('Signed out: on to the sign-in page, or to a checked `next`.') },
    async handle(call) {
      const { all, next } = call.body;
      await signOut(call, { everywhere: all === 'true' });
      const signInAgain = `${call.prefix}/login?signed_out=1`;
      return seeOther(next === undefined ? signInAgain : returnTo(next, signInAgain), { 'Clear-Site-Data': '"cache"' });
    },
  }),
];
