import { z } from 'zod';
import type { Core } from '../../../core.ts';
import { type Amounts, overviewPage } from '../../../pages/admin/overview.ts';
import { type FigurePeriod, figureSpans } from '../../../services.ts';
import { clientKind } from '../../../stores/records/kinds/client.ts';
import { userKind } from '../../../stores/records/kinds/user.ts';
import { html } from '../../reply.ts';
import { type CallContext, type Route, route } from '../../route.ts';
import { page, viewerFrameOf } from '../page.ts';

const span = z.enum(figureSpans).catch('24h');

/** Records are counted one by one up to here. */
const most = 1000;

/** The number of users: where there are many, with the deleted ones, whose names are kept. */
async function usersOf({ users, stores }: Core): Promise<number> {
  const about = await stores.records.count(userKind);
  return about < most ? users.count() : about;
}

/** How much there is now. */
async function amountsOf({ core }: CallContext): Promise<Amounts> {
  const { users: accounts, sessions: open, stores } = core;
  const [users, sessions, waiting, clients] = await Promise.all([
    usersOf(core),
    open.count(),
    accounts.count({ state: 'pending' }),
    stores.records.count(clientKind, { order: 'client', prefix: '', most }),
  ]);
  const upTo = (n: number) => ({ n, orMore: n >= most });
  return { users: { n: users }, sessions: { n: sessions }, waiting: upTo(waiting), clients: upTo(clients) };
}

/** The last period is not over: the sessions of now are among those that it has. */
const withNow = (periods: readonly FigurePeriod[], { sessions: { n } }: Amounts): readonly FigurePeriod[] =>
  periods.map((one, at) => (at < periods.length - 1 ? one : { ...one, sessions: Math.max(n, one.sessions ?? 0) }));

/** The page `admin`. */
export const adminOverviewRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/admin',
    summary: 'What happens, in numbers: sign-ins, failures, refusals, sessions, and the busiest rules for admins.',
    tag: 'pages',
    surface: 'own',
    guard: 'operator',
    scope: 'gatewarden:admin',
    query: z.object({ span }),
    answers: { 200: page('The page.') },
    async handle(call) {
      const { span: shown } = call.query;
      const frame = viewerFrameOf(call);
      const [{ periods, rules, otherRules }, amounts] = await Promise.all([
        call.core.figures.over(shown),
        amountsOf(call),
      ]);
      const seesRules = frame.viewer?.places.includes('rules') === true;
      const named = seesRules ? { named: rules, others: otherRules } : undefined;
      return html(200, overviewPage(frame, { span: shown, amounts, periods: withNow(periods, amounts), rules: named }));
    },
  }),
];
