import { z } from 'zod';
import type { AuditEntry } from '../../services.ts';
import { json } from '../reply.ts';
import { route } from '../route.ts';
import { moment, pageOf, pageQuery, toMoment } from '../schemas.ts';

const entry = z.object({
  id: z.string(),
  at: moment,
  event: z.string(),
  actor: z.string(),
  via: z.string(),
  address: z.string().nullable(),
  agent: z.string().nullable(),
  subject: z.string().nullable(),
  outcome: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

export const toEntry = (record: AuditEntry): z.input<typeof entry> => ({
  id: record.id,
  at: toMoment(record.at),
  event: record.event,
  actor: record.actor,
  via: record.via,
  address: record.address ?? null,
  agent: record.agent ?? null,
  subject: record.subject ?? null,
  outcome: record.outcome,
  detail: { ...record.detail },
});

export const auditRoutes = [
  route({
    method: 'get',
    path: '/api/v1/audit',
    summary: 'Who did what, when, from where, with which result.',
    tag: 'users',
    surface: 'own',
    guard: 'admin',
    scope: 'gatewarden:admin',
    query: z.strictObject({
      ...pageQuery,
      event: z.string().max(64).optional(),
      actor: z.string().max(64).optional(),
    }),
    answers: { 200: { description: 'Newest first.', schema: pageOf(entry) } },
    async handle({ core, query }) {
      const page = await core.audit.list(query);
      return json(200, { items: page.items.map(toEntry), next_cursor: page.next ?? null });
    },
  }),
];
