import { isNetwork, networks } from '../../net/addresses.ts';
import type { Ladder, ScopeTable } from '../../types.ts';
import { patternProblem } from './pattern.ts';

/** The networks of a `network=` condition: the CIDRs as written, and the test of an address. */
export type RuleNetworks = Readonly<{ cidrs: readonly string[]; has: (address: string) => boolean }>;

/** A parsed rule. */
export type Rule = Readonly<{
  /** 1-based line in the rules text, for `explain` and messages. */
  line: number;
  /** As written, one space between the words. */
  text: string;
  /** Name of the role required; the ladder's first for `public`. */
  role: string;
  public: boolean;
  methods: ReadonlySet<string> | 'read' | 'write' | '*';
  pattern: string;
  scope?: string | undefined;
  networks?: RuleNetworks | undefined;
  /** The request passes for this role and above; below it, it would need an approval. */
  approve?: string | undefined;
}>;

type Declarations = Readonly<{ ladder: Ladder; scopes: ScopeTable }>;
/** A rule as written, or what is wrong with it: sentences without the line. */
type Parsed = Readonly<{ rule: Rule }> | Readonly<{ problems: readonly string[] }>;

/** What is wrong with one rule, as a sentence, and the line that the rule is in. */
export type RuleProblem = Readonly<{ line: number; problem: string }>;

/** Parsed rules, or what is wrong with each rule that is invalid. */
export type ParsedRules<Problem> =
  | Readonly<{ ok: true; rules: readonly Rule[] }>
  | Readonly<{ ok: false; problems: readonly Problem[] }>;

/** As `readRules`; each problem is a sentence that begins with its line: `line 3: there is no role "foo"`. */
export function parseRules(text: string, declared: Declarations): ParsedRules<string> {
  const read = readRules(text, declared);
  if (read.ok) return read;
  return { ok: false, problems: read.problems.map(({ line, problem }) => `line ${line}: ${problem}`) };
}

/**
 * Parses rules: `role METHODS path [conditions]`, separated by `;` or new lines; `#` begins a comment. Roles are those of
 * the ladder, by name or by built-in role. `firstLine` is the number of the text's first line, 1 by default: the text may be
 * a part of a file. Returns every problem.
 */
export function readRules(text: string, declared: Declarations, firstLine = 1): ParsedRules<RuleProblem> {
  const rules: Rule[] = [];
  const problems: RuleProblem[] = [];
  text.split(/\r\n|\n|\r/).forEach((written, at) => {
    const line = firstLine + at;
    for (const part of withoutComment(written).split(';')) {
      const words = part.trim().split(/\s+/);
      if (words[0] === '') continue;
      const parsed = parseRule(words, line, declared);
      if ('rule' in parsed) rules.push(parsed.rule);
      else problems.push(...parsed.problems.map((problem) => ({ line, problem })));
    }
  });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, rules: Object.freeze(rules) };
}

/** With the flag `s`: a `.` that stops at U+2028 would make each `#` before it be tried up to there. */
const withoutComment = (line: string): string => line.replace(/(^|[\s;])#.*$/s, '$1');

function parseRule(words: readonly string[], line: number, declared: Declarations): Parsed {
  const [who = '', verbs, pattern, ...conditions] = words;
  const text = words.join(' ');
  if (verbs === undefined || pattern === undefined) return { problems: [`"${text}" is not "role METHODS path"`] };
  const problems: string[] = [];
  const complain = (problem: string): void => void problems.push(problem);
  const role = readRole(who, declared.ladder) ?? complain(`there is no role "${who}"`);
  const methods = readMethods(verbs, complain);
  const wrong = patternProblem(pattern);
  if (wrong !== undefined) complain(wrong);
  const extra = readConditions(conditions, declared, complain);
  if (role === undefined || methods === undefined || problems.length > 0) return { problems };
  const rule: Rule = { line, text, role, public: role === declared.ladder.names[0], methods, pattern, ...extra };
  const contradiction = contradictionIn(rule, declared.ladder);
  return contradiction === undefined ? { rule: Object.freeze(rule) } : { problems: [contradiction] };
}

/** The role of a word: `public` is the lowest; a built-in role is valid where the ladder has another name for it. */
export function readRole(word: string, ladder: Ladder): string | undefined {
  if (word === 'public') return ladder.names[0];
  if (ladder.has(word)) return word;
  return word === 'viewer' || word === 'user' || word === 'operator' ? ladder.rung(word) : undefined;
}

function readMethods(word: string, complain: (problem: string) => void): Rule['methods'] | undefined {
  if (word === 'read' || word === 'write' || word === '*') return word;
  const names = word.split(',');
  const wrong = names.filter((name) => !/^[A-Z][A-Z-]*$/.test(name));
  for (const name of wrong) complain(`"${name}" is no method: write read, write, * or a list such as GET,POST`);
  if (wrong.length > 0) return undefined;
  return new Set(names.includes('GET') ? [...names, 'HEAD'] : names);
}

type Conditions = Pick<Rule, 'scope' | 'networks' | 'approve'>;

function readConditions(
  words: readonly string[],
  declared: Declarations,
  complain: (problem: string) => void,
): Conditions {
  let found: Conditions = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = equals === -1 ? word : word.slice(0, equals);
    const value = equals === -1 ? '' : word.slice(equals + 1);
    const read = readCondition(name, value, declared);
    if (typeof read === 'string') complain(read);
    else if (Object.keys(read).some((key) => key in found)) complain(`${name}= is given twice`);
    else found = { ...found, ...read };
  }
  return found;
}

/** The condition, or what is wrong with it. */
function readCondition(name: string, value: string, { ladder, scopes }: Declarations): Conditions | string {
  if (name === 'scope') return scopes.has(value) ? { scope: value } : `there is no scope "${value}"`;
  if (name === 'approve') {
    const role = readRole(value, ladder);
    return role === undefined ? `there is no role "${value}"` : { approve: role };
  }
  if (name !== 'network') return `"${name}" is no condition: there are scope=, network= and approve=`;
  const cidrs = value.split(',');
  const wrong = cidrs.find((cidr) => !isNetwork(cidr));
  if (wrong !== undefined) return `"${wrong}" is no network such as 10.0.0.0/8`;
  return { networks: Object.freeze({ cidrs: Object.freeze(cidrs), has: networks(cidrs) }) };
}

/** Why a rule can never have the effect that it states, or undefined. */
function contradictionIn(rule: Rule, ladder: Ladder): string | undefined {
  const self = rule.pattern.split('/').includes(':self');
  if (rule.public && self) return 'a public rule cannot have :self: nobody is signed in';
  if (rule.public && rule.scope !== undefined) return 'a public rule cannot have scope=: nobody is signed in';
  if (rule.public && rule.approve !== undefined) return 'a public rule cannot have approve=: nobody is signed in';
  if (rule.approve !== undefined && ladder.atLeast(rule.role, rule.approve)) {
    return `approve=${rule.approve} has no effect: the rule requires ${rule.role} already`;
  }
  return undefined;
}
