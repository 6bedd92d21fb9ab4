import { accountPage } from '../../pages/index.ts';
import { html, seeOther } from '../reply.ts';
import { route } from '../route.ts';
import { frameOf, page, redirect } from './page.ts';

export const accountRoutes = [
  route({
    method: 'get',
    path: '/',
    summary: 'On to the account page.',
    tag: 'pages',
    surface: 'sign-in',
    guard: 'anyone',
    answers: { 303: redirect('To `account`.') },
    handle: async ({ prefix }) => seeOther(`${prefix}/account`),
  }),
  route({
    method: 'get',
    path: '/account',
    summary: 'Who one is, where one is signed in, and the way out.',
    tag: 'pages',
    surface: 'own',
    guard: 'signed-in',
    answers: { 200: page('The page.') },
    async handle(call) {
      const { core, principal } = call;
      const mayRead = principal.kind === 'user' && principal.scopes.includes('gatewarden:read');
      const sessions = mayRead ? (await core.sessions.list(principal.name)).items : [];
      const shown = sessions.map((one) => ({ ...one, current: one.id === principal.sessionId }));
      return html(200, accountPage(frameOf(call), { name: principal.name, role: principal.role, sessions: shown }));
    },
  }),
];
