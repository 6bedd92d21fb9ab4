import { z } from 'zod';
import { returnTo } from '../../respond/return-to.ts';
import { seeOther } from '../reply.ts';
import { type Entry, route } from '../route.ts';
import { redirect } from './page.ts';

const field = z.string().optional().catch(undefined);

async function signOut({ core, req, res, principal, actor }: Entry, everywhere: boolean): Promise<void> {
  const { id, via, sessionId } = principal;
  if (everywhere && principal.kind === 'user' && via !== 'auto-login') await core.sessions.endAllOf(id, { by: actor });
  if (via === 'access-token' && sessionId) await core.sessions.end(id, sessionId, actor);
  else await core.browserSessions.end(req, res);
}

export const signOutRoutes = [
  route({
    method: 'post',
    path: '/logout',
    summary: 'End the session, with `all=true` all of the user’s.',
    tag: 'pages',
    place: 'sign-in',
    guard: 'anyone',
    body: { as: 'form', schema: z.object({ all: field, next: field }) },
    answers: { 303: redirect('Signed out: on to the sign-in page, or to a checked `next`.') },
    async handle(call) {
      const { all, next } = call.body;
      await signOut(call, all === 'true');
      const signInAgain = `${call.prefix}/login?signed_out=1`;
      return seeOther(next === undefined ? signInAgain : returnTo(next, signInAgain), { 'Clear-Site-Data': '"cache"' });
    },
  }),
];
