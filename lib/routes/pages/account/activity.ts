import { z } from 'zod';
import { activityPage, type ShownEvent } from '../../../pages/account/activity.ts';
import type { AuditEntry } from '../../../services.ts';
import { longestPage } from '../../../stores/records/page.ts';
import { type ExportFormat, exportAnswer, exported } from '../../audit-export.ts';
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

const described = { tag: 'pages', surface: 'own', guard: 'self', scope: 'gatewarden:read' } as const;

const fileRoute = (format: ExportFormat) =>
  route({
    ...described,
    method: 'get',
    path: `/account/activity.${format}`,
    summary: `What you did, and what others did to your account, as a file, ${format.toUpperCase()}.`,
    answers: { 200: exported(format) },
    refusals: ['rate_limited'],
    async handle(call) {
      const page = (cursor?: string) => ownTrail(call, { cursor, limit: longestPage });
      return exportAnswer(call, { format, of: 'trail', page });
    },
  });

/** The page with one's own trail, and the trail as a file. */
export const accountActivityRoutes = [
  route({
    ...described,
    method: 'get',
    path: '/account/activity',
    summary: 'What you did, and what others did to your account, in pages.',
    query: z.object({ cursor: field }),
    answers: { 200: page('The page.') },
    async handle(call) {
      const { cursor } = call.query;
      const { items, next } = await ownTrail(call, { cursor, limit: pageLength });
      const shown = { events: items.map(eventFor(call)), next, isFirst: cursor === undefined };
      return html(200, activityPage(viewerFrameOf(call), shown));
    },
  }),
  fileRoute('csv'),
  fileRoute('json'),
];
