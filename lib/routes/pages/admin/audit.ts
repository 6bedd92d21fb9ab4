import { z } from 'zod';
import { keptOf } from '../../../audit/quotas.ts';
import { errorTable, refused } from '../../../errors.ts';
import { type AuditShown, auditPage, auditRecordPage } from '../../../pages/admin/audit.ts';
import { longestPage } from '../../../stores/records/page.ts';
import { type ExportFormat, exportAnswer, exported } from '../../audit-export.ts';
import { html } from '../../reply.ts';
import { type Route, route } from '../../route.ts';
import { formAgain } from '../form-again.ts';
import { field, page, viewerFrameOf } from '../page.ts';
import { type AuditFields, auditFields, auditFilterOf, auditTimesOf } from './audit-filter.ts';

const described = { tag: 'pages', surface: 'own', guard: 'admin', scope: 'gatewarden:admin' } as const;

const offered = { events: Object.keys(keptOf), outcomes: ['ok', 'reused', ...Object.keys(errorTable).toSorted()] };

const shownOf = (fields: AuditFields): AuditShown => ({ ...offered, fields, ...auditTimesOf(fields) });

const listRoute = route({
  ...described,
  method: 'get',
  path: '/admin/audit',
  summary: 'The audit log: filtered, newest first.',
  query: z.object({ ...auditFields, cursor: field }),
  answers: { 200: page('The page.'), 400: page('The filter, with what is wrong.') },
  async handle(call) {
    const { cursor, ...fields } = call.query;
    const [frame, shown] = [viewerFrameOf(call), shownOf(fields)];
    const filter = auditFilterOf(fields);
    if (!filter.ok) return formAgain(call, filter.refusal, (text) => auditPage(frame, { ...shown, refused: text }));
    const { items, next } = await call.core.audit.list({ ...filter.value, cursor });
    return html(200, auditPage(frame, { ...shown, page: { items, next, isFirst: cursor === undefined } }));
  },
});

const recordRoute = route({
  ...described,
  method: 'get',
  path: '/admin/audit/{id}',
  summary: 'One record of the audit log.',
  answers: { 200: page('The page.') },
  refusals: ['not_found'],
  async handle(call) {
    const record = await call.core.audit.get(call.params.id ?? '');
    return record === undefined ? refused('not_found') : html(200, auditRecordPage(viewerFrameOf(call), record));
  },
});

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
      const pageAt = (cursor?: string) => call.core.audit.list({ ...filter.value, cursor, limit: longestPage });
      return exportAnswer(call, { format, of: 'log', page: pageAt });
    },
  });

/** The page `admin/audit`. */
export const adminAuditRoutes: readonly Route[] = [listRoute, recordRoute, exportRoute('csv'), exportRoute('json')];
