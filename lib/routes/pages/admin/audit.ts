import { z } from 'zod';
import { longestPage } from '../../../stores/records/page.ts';
import { type ExportFormat, exportAnswer, exported } from '../../audit-export.ts';
import { type Route, route } from '../../route.ts';
import { auditFields, auditFilterOf } from './audit-filter.ts';

const described = { tag: 'pages', surface: 'own', guard: 'admin', scope: 'gatewarden:admin' } as const;

const exportRoute = (format: ExportFormat): Route =>
  route({
    ...described,
    method: 'get',
    path: `/admin/audit.${format}`,
    summary: `The audit log as a file, ${format.toUpperCase()}, filtered as its page is.`,
    query: z.object(auditFields),
    answers: { 200: exported(format) },
    refusals: ['rate_limited'],
    async handle(call) {
      const filter = auditFilterOf(call.query);
      if (!filter.ok) return filter;
      const page = (cursor?: string) => call.core.audit.list({ ...filter.value, cursor, limit: longestPage });
      return exportAnswer(call, { format, of: 'log', page });
    },
  });

/** The page `admin/audit`. */
export const adminAuditRoutes: readonly Route[] = [exportRoute('csv'), exportRoute('json')];
