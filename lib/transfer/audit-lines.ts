import { z } from 'zod';
import type { AuditRecord } from '../stores/audit.ts';
import { name, text, whole } from '../stores/records/fields.ts';
import { linesOfKind } from './lines.ts';

const detail = z.union([text, z.number(), z.boolean()], 'must be a text, a number, true or false');

const schema = z.object({
  id: name,
  at: whole,
  event: text,
  actor: text,
  via: text,
  address: text.optional(),
  agent: text.optional(),
  subject: text.optional(),
  outcome: text,
  detail: z.record(text, detail).optional(),
  share: text.optional(),
}) satisfies z.ZodType<AuditRecord>;

/** The name of the records of the audit log in a file. */
export const auditName = 'audit';

/** The audit log has a store of its own, and its lines the same form as those of the kinds. */
export const auditLines = linesOfKind<AuditRecord>({ name: auditName, schema, migrations: [] });
