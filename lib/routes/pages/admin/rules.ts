import { isIP } from 'node:net';
import { z } from 'zod';
import { type Result, refused } from '../../../errors.ts';
import {
  type AskedRequest,
  type Question,
  routeRulesPage,
  rulesPage,
  type ShownDecision,
  type ShownRoute,
  type ShownRule,
} from '../../../pages/admin/rules.ts';
import { callerAskedAbout, requestAskedAbout } from '../../../request/asked-about.ts';
import { canMatchBelow } from '../../../request/authorize/pattern.ts';
import type { Rule } from '../../../request/authorize/rules.ts';
import { shadowedRules } from '../../../request/authorize/shadowed.ts';
import type { Answer } from '../../../request/respond/write.ts';
import type { RouteInForce } from '../../../request/route-table.ts';
import { html } from '../../reply.ts';
import { type Call, type CallContext, type Route, route } from '../../route.ts';
import { field, page, viewerFrameOf } from '../page.ts';

const described = { tag: 'pages', surface: 'own', guard: 'admin', scope: 'gatewarden:admin' } as const;

/** Routes on a page. */
const perPage = 50;

const shorter = z.string().min(1).max(8192).optional().catch(undefined);
const query = z.object({ method: field, url: shorter, as: field, from: field, route: field, start: field });

const shadows = new WeakMap<readonly Rule[], ReadonlyMap<Rule, Rule>>();

/** Rules that never decide, with the earlier one that does. Worked out once for a table: it does not change. */
function shadowsOf(rules: readonly Rule[]): ReadonlyMap<Rule, Rule> {
  const known = shadows.get(rules);
  if (known !== undefined) return known;
  const found = new Map(shadowedRules(rules).map(({ rule, by }) => [rule, by]));
  shadows.set(rules, found);
  return found;
}

function rulesOf({ path, policies }: RouteInForce, highest: string | undefined): readonly ShownRule[] {
  const { rules } = policies.rules;
  const shadowed = shadowsOf(rules);
  return rules.map((rule) => ({
    line: rule.line,
    role: rule.public ? undefined : rule.role,
    isHighest: rule.role === highest,
    methods: typeof rule.methods === 'string' ? rule.methods : [...rule.methods],
    ...{ pattern: rule.pattern, scope: rule.scope, approve: rule.approve },
    networks: rule.networks?.cidrs,
    shadowedBy: shadowed.get(rule)?.line,
    isOutside: !canMatchBelow(rule.pattern, path),
  }));
}

function routeOf({ core }: CallContext, inForce: RouteInForce): ShownRoute {
  const rules = rulesOf(inForce, undefined);
  const { upstream } = core.settings;
  const own = upstream === undefined ? [] : [upstream];
  return {
    ...{ name: inForce.policies.name, host: inForce.host, path: inForce.path },
    targets: inForce.upstream?.targets ?? own,
    ruleCount: rules.length,
    warningCount: rules.filter((rule) => rule.shadowedBy !== undefined || rule.isOutside).length,
  };
}

type Problems = NonNullable<Question['problems']>;

/** What is wrong with what was asked, and the request where nothing is. */
async function readQuestion({ core }: CallContext, { method, url, as, from }: AskedRequest) {
  const { settings, ladder } = core;
  const request = requestAskedAbout({ method, url }, settings);
  const userNamed = (name: string) => core.users.get(name);
  const by = await callerAskedAbout(as === '' ? undefined : as, { userNamed, settings, ladder });
  const problems: Problems = {
    ...(!request.ok &&
      (request.refusal.problems?.[0]?.field === 'method' ? { method: 'badMethod' } : { url: 'badUrl' })),
    ...(!by.ok && { as: by.refusal.code === 'account_disabled' ? 'disabledAs' : 'badAs' }),
    ...(isIP(from) === 0 && { from: 'badFrom' }),
  };
  if (!request.ok || !by.ok || Object.keys(problems).length > 0) return { problems };
  return { problems, request: { ...request.value, address: from, by: by.value } };
}

/** The form as it was sent, with the decision or what is wrong. */
async function questionOf(call: Call<unknown, z.output<typeof query>>): Promise<Question> {
  const { core } = call;
  const { method = 'GET', url, as = '', from = '127.0.0.1' } = call.query;
  const asked = { method, url: url ?? '', as, from };
  const roles = core.ladder.names;
  if (url === undefined) return { asked, roles };
  const { problems, request } = await readQuestion(call, asked);
  if (request === undefined) return { asked, roles, problems };
  const { principal, ...found } = await core.explainHypothetically(request);
  const { host, target } = request;
  const shown: ShownDecision = { ...found, name: principal.name || undefined, role: principal.role, host, target };
  return { asked, roles, found: shown };
}

/** Where a page of routes begins; somebody may have written anything. */
const startIn = (text: string | undefined): number => (/^\d{1,6}$/.test(text ?? '') ? Number(text) : 0);

async function overviewAnswer(call: Call<unknown, z.output<typeof query>>): Promise<Result<Answer>> {
  const { core, prefix } = call;
  const all = core.routesInForce();
  const start = startIn(call.query.start);
  const routes = all.slice(start, start + perPage).map((one) => routeOf(call, one));
  const question = await questionOf(call);
  const [only] = all.length === 1 ? all : [];
  const shown = {
    ...question,
    ...{ routes, routeCount: all.length, rules: only && rulesOf(only, core.ladder.names.at(-1)) },
    next: start + perPage < all.length ? `${prefix}/admin/rules?start=${start + perPage}` : undefined,
    first: start > 0 ? `${prefix}/admin/rules` : undefined,
  };
  return html(question.problems === undefined ? 200 : 400, rulesPage(viewerFrameOf(call), shown));
}

function routeAnswer(call: CallContext, name: string): Result<Answer> {
  const { core } = call;
  const found = core.routesInForce().find(({ policies }) => policies.name === name);
  if (found === undefined) return refused('not_found');
  const shown = { route: routeOf(call, found), rules: rulesOf(found, core.ladder.names.at(-1)) };
  return html(200, routeRulesPage(viewerFrameOf(call), shown));
}

/** The page `admin/rules`. */
export const adminRulesRoutes: readonly Route[] = [
  route({
    ...described,
    method: 'get',
    path: '/admin/rules',
    summary: 'The rules in force, and what would happen to a request. Sends nothing.',
    query,
    answers: { 200: page('The rules, and the decision.'), 400: page('The form, with what is wrong.') },
    refusals: ['not_found'],
    handle: async (call) =>
      call.query.route === undefined ? overviewAnswer(call) : routeAnswer(call, call.query.route),
  }),
];
