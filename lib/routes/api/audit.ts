import { z } from 'zod';
import type { AuditEntry } from '../../services.ts';
import { json } from '../reply.ts';
import { route } from '../route.ts';
import { moment, pageOf, pageQuery, toMoment } from '../schemas.ts';

export const entry = z.object({
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

const value = z.string().max(128);

const timeOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));

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
      event: value.optional(),
      actor: value.optional(),
      subject: value.optional().describe('What it was about: `user:ada`, `token:ci`.'),
      outcome: value.optional().describe('`ok`, or the code of a refusal.'),
      from: moment.optional().describe('The earliest time.'),
      to: moment.optional().describe('The latest time.'),
    }),
    answers: { 200: { description: 'Newest first.', schema: pageOf(entry) } },
    async handle({ core, query }) {
      const { from, to, ...rest } = query;
      const page = await core.audit.list({ ...rest, from: timeOf(from), to: timeOf(to) });
      return json(200, { items: page.items.map(toEntry), next_cursor: page.next ?? null });
    },
  }),
];
