import { SettingsError } from '../errors.ts';
import type { Settings } from '../settings/settings.ts';
import type { Ladder, ScopeTable } from '../types.ts';
import { hostGuard, loopbackHosts } from './authorize/hosts.ts';
import { type RuleTable, ruleTable } from './authorize/match.ts';
import { ladder } from './authorize/roles.ts';
import { parseRules } from './authorize/rules.ts';
import { scopeTable } from './authorize/scopes.ts';

/** What the settings say in languages of their own, parsed: roles, scopes, rules, hosts. */
export interface Policies {
  readonly ladder: Ladder;
  readonly scopes: ScopeTable;
  readonly hostIsServed: (hostname: string) => boolean;
  /** The table of `RULES`. */
  readonly rules: RuleTable;
  /** The table of another rules text. Throws `SettingsError` with every problem, each with its line. */
  rulesOf(text: string): RuleTable;
  /** The settings that name a role, in the ladder's own names: `user` becomes the role that stands for it. */
  readonly namedRoles: Pick<Settings, RoleSetting>;
}

/** The policies, or every problem: sentences that begin with the setting's name. */
export type ReadPolicies =
  | Readonly<{ ok: true; policies: Policies }>
  | Readonly<{ ok: false; problems: readonly string[] }>;

/**
 * Parses the settings that have a language of their own, and collects every problem. Settings in `unreadable` take no
 * part, since their own problem is known; what is written in the words of a bad one is judged as if those were right.
 */
export function readPolicies(settings: Settings, unreadable: ReadonlySet<keyof Settings> = new Set()): ReadPolicies {
  const { problems, attempt } = collector(unreadable);
  const roles = attempt('roles', 'ROLES', () => ladder(settings.roles));
  const scopes = attempt('scopes', 'SCOPES', () => scopeTable(settings.scopes, roles ?? anyRole));
  const known = { ladder: roles ?? anyRole, scopes: scopes ?? anyScope };
  const rules = attempt('rules', 'RULES', () => tableOf(settings.rules, known, settings));
  const hostIsServed = attempt('allowedHosts', 'ALLOWED_HOSTS', () => hostGuard(servedHosts(settings)));
  const defaultRole = attempt('defaultRole', 'DEFAULT_ROLE', () => roleNamed(settings.defaultRole, known.ladder));
  const autoLoginRole = attempt('autoLoginRole', 'AUTO_LOGIN_ROLE', () => ceilingNamed(settings, known.ladder));
  if (!roles || !scopes || !rules || !hostIsServed || !defaultRole || !autoLoginRole) return { ok: false, problems };
  const namedRoles = { defaultRole, autoLoginRole };
  const rulesOf = (text: string): RuleTable => tableOf(text, known, settings);
  return { ok: true, policies: { ladder: roles, scopes, hostIsServed, rules, rulesOf, namedRoles } };
}

function collector(unreadable: ReadonlySet<keyof Settings>) {
  const problems: string[] = [];
  function attempt<T>(key: keyof Settings, setting: string, read: () => T): T | undefined {
    if (unreadable.has(key)) return undefined;
    try {
      return read();
    } catch (error) {
      if (error instanceof SettingsError) problems.push(...error.problems);
      else if (error instanceof TypeError) problems.push(`${setting}: ${error.message}`);
      else throw error;
      return undefined;
    }
  }
  return { problems, attempt };
}

/** Stand in for a ladder and for scopes that could not be read: every name is one of theirs. */
const anyRole: Ladder = { ...ladder(), has: () => true, atLeast: () => false };
const anyScope: ScopeTable = { ...scopeTable('', anyRole), has: () => true };

type Known = Readonly<{ ladder: Ladder; scopes: ScopeTable }>;

function tableOf(text: string, known: Known, { encodedSlashes }: Settings): RuleTable {
  const parsed = parseRules(text, known);
  if (!parsed.ok) throw new SettingsError(parsed.problems.map((problem) => `RULES: ${problem}`));
  return ruleTable(parsed.rules, { encodedSlashes });
}

function servedHosts({ allowedHosts, publicUrl }: Settings): readonly string[] {
  const published = publicUrl === undefined ? [] : [new URL(publicUrl).hostname];
  return allowedHosts ?? [...published, ...loopbackHosts];
}

type RoleSetting = 'defaultRole' | 'autoLoginRole';

const nextRung = { viewer: 'user', user: 'operator', operator: 'admin' } as const;
const isMiddleRung = (word: string): word is keyof typeof nextRung => Object.hasOwn(nextRung, word);

/**
 * The ladder's name for a role that is given to somebody. Where no name stands for a rung, `rung` returns the next higher
 * one: right for what a rule asks for, and never for what somebody gets.
 */
function nameInLadder(word: string, roles: Ladder): string | undefined {
  if (roles.has(word)) return word;
  if (!isMiddleRung(word)) return undefined;
  const name = roles.rung(word);
  return name === roles.rung(nextRung[word]) ? undefined : name;
}

function roleNamed(word: string, roles: Ladder): string {
  const name = nameInLadder(word, roles);
  if (name === undefined) throw new TypeError(`there is no role "${word}"`);
  return name;
}

/** The default of a ceiling that nobody uses needs no role of that name. */
function ceilingNamed({ autoLogin, autoLoginRole: word }: Settings, roles: Ladder): string {
  const unused = !autoLogin && isMiddleRung(word);
  return unused ? (nameInLadder(word, roles) ?? word) : roleNamed(word, roles);
}
