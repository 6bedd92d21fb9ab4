import { type Frame, inFrame } from '../frame.ts';
import { detailText } from '../refusal-text.ts';
import { translated } from '../words/translated.ts';
import type { Words } from '../words/words.ts';

/** A rule as the page shows it. */
export type ShownRule = Readonly<{
  line: number;
  /** The role that it requires; absent: it allows everybody. */
  role?: string | undefined;
  /** There is no role above that one. */
  isHighest: boolean;
  /** The methods as a list, or one of the words of the rules. */
  methods: readonly string[] | 'read' | 'write' | '*';
  pattern: string;
  scope?: string | undefined;
  networks?: readonly string[] | undefined;
  approve?: string | undefined;
  /** The line of an earlier rule that matches all that this one would. */
  shadowedBy?: number | undefined;
  /** It matches no path of its route. */
  isOutside: boolean;
}>;

/** A route in force. */
export type ShownRoute = Readonly<{
  name: string;
  /** Absent: every host that no other route names. */
  host?: string | undefined;
  path: string;
  /** The addresses of its services. */
  targets: readonly string[];
  ruleCount: number;
  warningCount: number;
}>;

/** What somebody asks about, as they wrote it. */
export type AskedRequest = Readonly<Record<'method' | 'url' | 'as' | 'from', string>>;

/** How a request would be decided on. `rule`: that with its line. */
export type ShownDecision = Readonly<{
  decision: 'passes' | 'refused' | 'own-path';
  status: string;
  reason: string;
  name?: string | undefined;
  role: string;
  route?: string | undefined;
  rule?: WrittenRule | undefined;
  readings: readonly Readonly<{ path: string; rule?: WrittenRule | undefined }>[];
  headers: Readonly<Record<string, string>>;
  steps: readonly string[];
  host: string;
  target: string;
}>;

type WrittenRule = Readonly<{ line: number; text: string }>;

/** What stands in the form, and what came of it: a decision, or the keys of what is wrong with a field. */
export type Question = Readonly<{
  asked: AskedRequest;
  roles: readonly string[];
  problems?: Readonly<Partial<Record<keyof AskedRequest, string>>> | undefined;
  found?: ShownDecision | undefined;
}>;

/** A sentence of an explanation in the language of the page. */
function said(words: Words, sentence: string): string {
  const [, why] = /^The path is refused: (.+)$/s.exec(sentence) ?? [];
  if (why !== undefined) return words.text('explained.pathRefused', { why: said(words, why) });
  return translated(words, 'explained', sentence) ?? detailText(words, sentence);
}

const routeAt = (prefix: string, name: string): string =>
  `${prefix}/admin/rules?${new URLSearchParams({ route: name })}`;

const ruleText = ({ line, text }: WrittenRule, words: Words): string => `${words.text('rules.line')} ${line}: ${text}`;

function decisionShown({ words, prefix }: Frame, found: ShownDecision, { method }: AskedRequest) {
  const { decision, status, reason, rule, readings } = found;
  const verdicts = { passes: 'rules.passes', refused: 'rules.refused', 'own-path': 'rules.ownPath' } as const;
  const noRule = words.text(readings.length > 0 ? 'rules.noRule' : 'rules.noRuleRead');
  return {
    tone: { passes: 'good', refused: 'bad', 'own-path': 'warn' }[decision],
    verdict: words.text(verdicts[decision], { code: status }),
    reason: decision === 'own-path' ? '' : said(words, reason),
    request: `${method} ${found.host}${found.target}`,
    by: found.name === undefined ? undefined : { name: found.name, role: found.role },
    route: found.route && { name: found.route, at: routeAt(prefix, found.route) },
    rule: rule === undefined ? noRule : ruleText(rule, words),
    isWritten: rule !== undefined,
    readings: readings.map((one) => ({ path: one.path, rule: one.rule ? ruleText(one.rule, words) : noRule })),
    headers: Object.entries(found.headers),
    steps: found.steps.map((step) => said(words, step)),
  };
}

const questionShown = (frame: Frame, { asked, roles, problems = {}, found }: Question) => ({
  ...{ asked, roles, problems },
  problem: Object.keys(problems).length > 0 ? frame.words.text('problems.fields') : undefined,
  found: found && decisionShown(frame, found, asked),
});

function routeShown({ prefix, words }: Frame, route: ShownRoute) {
  const { name, host, path, targets, ruleCount, warningCount } = route;
  const where = host === undefined ? words.text('rules.everyHost') : `${host}${path}`;
  return { where, isNamed: host !== undefined, targets, ruleCount, warningCount, at: routeAt(prefix, name) };
}

function methodsShown(words: Words, methods: ShownRule['methods']): string {
  if (methods === '*') return words.text('rules.anyMethod');
  if (methods === 'read') return words.text('rules.readMethods');
  return methods === 'write' ? words.text('rules.writeMethods') : methods.join(', ');
}

function whoShown(words: Words, { role, isHighest }: ShownRule): string {
  if (role === undefined) return words.text('rules.everybody');
  return isHighest ? role : words.text('rules.fromRole', { role });
}

function ruleShown(words: Words, rule: ShownRule) {
  const { line, role, pattern, scope, networks, approve, shadowedBy, isOutside } = rule;
  const conditions = [
    scope && words.text('rules.onlyScope', { scope }),
    networks && words.text('rules.onlyNetwork', { networks: networks.join(', ') }),
    approve && words.text('rules.approval', { role: approve }),
  ];
  const warnings = [
    shadowedBy !== undefined && words.text('rules.shadowed', { line: shadowedBy }),
    isOutside && words.text('rules.outside'),
  ];
  return {
    ...{ line, pattern, methods: methodsShown(words, rule.methods) },
    who: whoShown(words, rule),
    isOpen: role === undefined,
    conditions: conditions.filter(Boolean),
    warnings: warnings.filter(Boolean),
  };
}

/** Rules that are shown of a route at most. */
const mostRules = 1000;

const tableShown = ({ words }: Frame, rules: readonly ShownRule[]) => ({
  rules: rules.slice(0, mostRules).map((rule) => ruleShown(words, rule)),
  notShown: Math.max(0, rules.length - mostRules),
});

/** The question what would happen, and the routes in force; the rules themselves where there is one route. */
export const rulesPage = (
  frame: Frame,
  shown: Question &
    Readonly<{
      routes: readonly ShownRoute[];
      /** How many there are on all pages. */
      routeCount: number;
      rules?: readonly ShownRule[] | undefined;
      next?: string | undefined;
      first?: string | undefined;
    }>,
): string =>
  inFrame('@admin-rules', frame, {
    place: 'rules',
    ...questionShown(frame, shown),
    routes: shown.routes.map((route) => routeShown(frame, route)),
    ...{ routeCount: shown.routeCount, next: shown.next, first: shown.first },
    ...(shown.rules && tableShown(frame, shown.rules)),
  });

/** The rules of one route. */
export const routeRulesPage = (
  frame: Frame,
  { route, rules }: Readonly<{ route: ShownRoute; rules: readonly ShownRule[] }>,
): string =>
  inFrame('@admin-route-rules', frame, {
    place: 'rules',
    name: route.name,
    targets: route.targets,
    ...tableShown(frame, rules),
  });
