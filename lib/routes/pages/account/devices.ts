import { z } from 'zod';
import { refused } from '../../../errors.ts';
import {
  devicesPage,
  endAllSessionsPage,
  endOtherSessionsPage,
  endSessionPage,
} from '../../../pages/account/devices.ts';
import type { SessionRecord } from '../../../stores/sessions.ts';
import { html, seeOther } from '../../reply.ts';
import { type CallContext, route } from '../../route.ts';
import { field, page, redirect, viewerFrameOf } from '../page.ts';
import { noticeOf } from './notice.ts';
import { mayChange } from './rights.ts';

/** Notices after a redirect from one of the forms. */
const notices = { ended: 'devices.ended', others: 'devices.othersEnded' } as const;

/** A session of the caller that the store knows. */
async function ownSession({ core, principal }: CallContext, id: string): Promise<SessionRecord | undefined> {
  const found = await core.stores.sessions.find(id, core.stores.records.now());
  return found?.userId === principal.id ? found : undefined;
}

async function devicesShown(call: CallContext, cursor: string | undefined, notice: string | undefined) {
  const { core, principal } = call;
  const { sessionId = '' } = principal;
  const [listed, current] = await Promise.all([
    core.sessions.list(principal.name, { cursor }),
    ownSession(call, sessionId),
  ]);
  const sessions = listed.items.filter(({ id }) => id !== sessionId);
  const paging = { next: listed.next, isFirst: cursor === undefined };
  return devicesPage(viewerFrameOf(call), { current, sessions, mayEnd: mayChange(call), notice, ...paging });
}

const described = { tag: 'pages', surface: 'own', guard: 'self' } as const;

/** The pages about where one is signed in. */
export const accountDeviceRoutes = [
  route({
    ...described,
    method: 'get',
    path: '/account/devices',
    summary: 'Where one is signed in, in pages.',
    scope: 'gatewarden:read',
    query: z.object({ done: field, cursor: field }),
    answers: { 200: page('The page.') },
    async handle(call) {
      const { cursor, done } = call.query;
      return html(200, await devicesShown(call, cursor, noticeOf(call, notices, done)));
    },
  }),
  route({
    ...described,
    method: 'get',
    path: '/account/end-session',
    summary: 'The page that asks before one session is ended. For the one that asks it is the sign-out page.',
    scope: 'gatewarden:read',
    query: z.object({ id: field }),
    answers: { 200: page('The question.'), 303: redirect('To `logout`.') },
    refusals: ['not_found'],
    async handle(call) {
      const { id = '' } = call.query;
      if (id === call.principal.sessionId) return seeOther(`${call.prefix}/logout`);
      const session = await ownSession(call, id);
      return session ? html(200, endSessionPage(viewerFrameOf(call), session)) : refused('not_found');
    },
  }),
  route({
    ...described,
    method: 'post',
    path: '/account/end-session',
    summary: 'End one session by that page.',
    scope: 'gatewarden:write',
    body: { as: 'form', schema: z.object({ id: field }) },
    answers: { 303: redirect('Ended: back to the devices.') },
    refusals: ['not_found'],
    async handle({ core, principal, actor, prefix, body }) {
      const ended = await core.sessions.end(principal.name, body.id ?? '', actor);
      return ended.ok ? seeOther(`${prefix}/account/devices?done=ended`) : ended;
    },
  }),
  route({
    ...described,
    method: 'get',
    path: '/account/end-other-sessions',
    summary: 'The page that asks before all sessions but the one that asks are ended.',
    scope: 'gatewarden:read',
    answers: { 200: page('The question.') },
    handle: async (call) => html(200, endOtherSessionsPage(viewerFrameOf(call))),
  }),
  route({
    ...described,
    method: 'get',
    path: '/account/end-all-sessions',
    summary: 'The page that asks before all sessions are ended, the one that asks too, which `logout` does.',
    scope: 'gatewarden:read',
    answers: { 200: page('The question.') },
    handle: async (call) => html(200, endAllSessionsPage(viewerFrameOf(call))),
  }),
  route({
    ...described,
    method: 'post',
    path: '/account/end-other-sessions',
    summary: 'End all sessions but the one that asks by that page.',
    scope: 'gatewarden:write',
    body: { as: 'form', schema: z.object({}) },
    answers: { 303: redirect('Ended: back to the devices.') },
    refusals: ['not_found'],
    async handle({ core, principal, actor, prefix }) {
      const ended = await core.sessions.endAll(principal.name, { keep: principal.sessionId }, actor);
      return ended.ok ? seeOther(`${prefix}/account/devices?done=others`) : ended;
    },
  }),
];
