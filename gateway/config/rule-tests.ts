import { isIP } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { type Explanation, errorTable, explainHypothetically, type RouteTable, readRole } from '#request';
import type { Resolved } from '#settings';
import type { Place, Problem } from './place.ts';
import type { RouteContext } from './route-context.ts';
import type { RouteInput } from './schema.ts';

/** A test of the rules: a request and the status of the answer. */
export type RuleTest = Readonly<{
  /** Where it stands in the file. */
  place: Place;
  /** As written. */
  text: string;
  method: string;
  /** The request target as it would be sent. */
  target: string;
  /** Who sends the request; undefined: nobody is signed in. */
  as: Readonly<{ role: string; name: string }> | undefined;
  /** The address of the client. */
  from: string;
  /** 200 stands for a request that passes. */
  status: number;
  /** Whether the route has rules in the file, so that the lines of rules are lines of the file. */
  ownRules: boolean;
}>;

const form = 'is not "METHOD /path as ROLE -> STATUS"';

/** Reads the tests of a route, and adds a problem for each that cannot be read. */
export function readTests({ tests = [], rules }: Partial<RouteInput>, context: RouteContext): readonly RuleTest[] {
  return tests.flatMap((text, at) => {
    const test = readTest(text, context.resolved);
    const place = context.file.placeOf([...context.path, 'tests', at]);
    if (typeof test !== 'string') return [{ ...test, place, ownRules: rules !== undefined }];
    context.complain(['tests', at], `the test ${JSON.stringify(text.slice(0, 200))} ${test}`);
    return [];
  });
}

/** A test, or what is wrong with it. */
function readTest(text: string, { policies }: Resolved): Omit<RuleTest, 'place' | 'ownRules'> | string {
  const words = text.trim().split(/\s+/);
  const [method = '', target = ''] = words;
  const [arrow, status = ''] = words.slice(-2);
  if (words.length < 4 || !/^[A-Z][A-Z-]*$/.test(method) || (arrow !== '->' && arrow !== '→')) return form;
  if (!/^\/[\x21-\x7e]*$/.test(target)) return 'has no path that begins with / and holds visible ASCII characters only';
  if (!/^[2-5]\d\d$/.test(status)) return 'ends in no status such as 200, 401 or 403';
  const rest = words.slice(2, -2);
  const from = takeFrom(rest);
  if (from === undefined) return 'has no address after "from", such as 10.0.0.5';
  const as = asOf(rest, (role) => readRole(role, policies.ladder));
  if (typeof as === 'string') return as;
  const anonymous = as === undefined || as.role === policies.ladder.names[0];
  return { text, method, target, as: anonymous ? undefined : as, from, status: Number(status) };
}

/** Takes `from ADDRESS` from the words. Default: 127.0.0.1. */
function takeFrom(words: string[]): string | undefined {
  const at = words.indexOf('from');
  if (at === -1) return '127.0.0.1';
  const [, address = ''] = words.splice(at, 2);
  return isIP(address) === 0 ? undefined : address;
}

/** The user of `as ROLE` or `as ROLE NAME`; undefined without one. */
function asOf(words: readonly string[], roleOf: (word: string) => string | undefined): RuleTest['as'] | string {
  const [as, word, name, more] = words;
  if (as === undefined) return undefined;
  if (as !== 'as' || word === undefined || more !== undefined) return form;
  const role = roleOf(word);
  return role === undefined ? `names a role that there is not: "${word}"` : { role, name: name ?? `a-${role}` };
}

/** The tests of one host. */
export type HostTests = Readonly<{ host: string; tests: readonly RuleTest[] }>;

/**
 * Decides on the request of each test by the function that decides on requests, with the routes of the file, and returns a
 * problem for each that ends in another status. The rules are tested as with `AUTH_ENABLED=true`.
 */
export async function failedTests(
  hosts: readonly HostTests[],
  { settings, policies }: Resolved,
  routes: RouteTable,
): Promise<readonly Problem[]> {
  const resolved = { settings: { ...settings, authEnabled: true }, policies };
  const problems: Problem[] = [];
  for (const { host: pattern, tests } of hosts) {
    const host = pattern.includes(':') ? `[${pattern}]` : pattern.replace(/^\*\./, 'test.');
    for (const test of tests) {
      // Requests are served between two tests of a reload.
      await setImmediate();
      const explanation = await explainHypothetically(resolved, requestOf(test, host), routes);
      const problem = problemIn(test, explanation);
      if (problem !== undefined) problems.push({ place: test.place, text: `${problem} (host ${host})` });
    }
  }
  return problems;
}

function requestOf({ method, target, from, as }: RuleTest, host: string) {
  const user = as && { ...as, id: 'test', username: as.name, displayName: undefined, email: undefined };
  const by = user && { user: { ...user, emailConfirmed: false }, via: 'session' as const };
  return { method, target, host, address: from, by };
}

function problemIn(test: RuleTest, explanation: Explanation): string | undefined {
  const { decision, status, reason, rule } = explanation;
  const written = `the test ${JSON.stringify(test.text)}`;
  if (decision === 'own-path') return `${written} is of a path of Gatewarden’s own, where no rule decides`;
  const given = status === 'ok' ? 200 : errorTable[status].status;
  if (given === test.status) return undefined;
  const by = rule === undefined ? '' : ` ${test.ownRules ? `Line ${rule.line}` : 'GATEWARDEN_RULES'}: ${rule.text}.`;
  return `${written} gives ${given}. ${reason}${by}`;
}
