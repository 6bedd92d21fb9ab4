import { z } from 'zod';
import { activityPage, type ShownEvent } from '../../../pages/account/activity.ts';
import type { AuditEntry } from '../../../services.ts';
import { html } from '../../reply.ts';
import { type CallContext, route } from '../../route.ts';
import { field, page, viewerFrameOf } from '../page.ts';
import { ownTrail } from './trail.ts';

const pageLength = 50;

/** What the caller knows already is left out: that they did it, and that it is about them. */
const eventFor =
  ({ principal: { name } }: CallContext) =>
  (entry: AuditEntry): ShownEvent => ({
    ...entry,
    actor: entry.actor === name ? undefined : entry.actor,
    subject: entry.subject === `user:${name}` ? undefined : entry.subject,
  });

/** The page with one's own trail. */
export const accountActivityRoutes = [
  route({
    tag: 'pages',
    surface: 'own',
    guard: 'self',
    method: 'get',
    path: '/account/activity',
    summary: 'What you did, and what others did to your account, in pages.',
    scope: 'gatewarden:read',
    query: z.object({ cursor: field }),
    answers: { 200: page('The page.') },
    async handle(call) {
      const { cursor } = call.query;
      const { items, next } = await ownTrail(call, { cursor, limit: pageLength });
      const shown = { events: items.map(eventFor(call)), next, isFirst: cursor === undefined };
      return html(200, activityPage(viewerFrameOf(call), shown));
    },
  }),
];
