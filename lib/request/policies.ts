import { SettingsError } from '../errors.ts';
import type { Settings } from '../settings/settings.ts';
import type { Ladder, ScopeTable } from '../types.ts';
import { hostGuard, loopbackHosts } from './authorize/hosts.ts';
import { type RuleTable, ruleTable } from './authorize/match.ts';
import type { PathOptions } from './authorize/path.ts';
import { ladder } from './authorize/roles.ts';
import { type ParsedRules, parseRules, type Rule, type RuleProblem, readRules } from './authorize/rules.ts';
import { scopeTable } from './authorize/scopes.ts';
import { parseHost } from './extract/host.ts';

/** Roles, scopes, rules and hosts, parsed from the settings. */
export interface Policies {
  readonly ladder: Ladder;
  readonly scopes: ScopeTable;
  readonly hostIsServed: (hostname: string) => boolean;
  /** The table of `RULES`. */
  readonly rules: RuleTable;
  /** The table of other rules. Throws `SettingsError` with every problem of a text, each with its line. */
  rulesOf(rules: string | readonly Rule[], options?: PathOptions): RuleTable;
  /** Parses the rules of a part of a file, which begins in line `firstLine`. */
  readRules(text: string, firstLine: number): ParsedRules<RuleProblem>;
  /** The settings that name a role, with the ladder's names: `user` becomes the role that is mapped to it. */
  readonly namedRoles: Pick<Settings, RoleSetting>;
}

/** The policies, or every problem: sentences that begin with the setting's name. */
export type ReadPolicies =
  | Readonly<{ ok: true; policies: Policies }>
  | Readonly<{ ok: false; problems: readonly string[] }>;

/**
 * Parses roles, scopes, rules and hosts, and collects every problem. Settings in `unreadable` are skipped, since their own
 * problem is reported already. Where the roles or scopes are invalid, settings that use them may name any role or scope.
 */
export function readPolicies(settings: Settings, unreadable: ReadonlySet<keyof Settings> = new Set()): ReadPolicies {
  const { problems, attempt } = collector(unreadable);
  const roles = attempt('roles', 'ROLES', () => ladder(settings.roles));
  const scopes = attempt('scopes', 'SCOPES', () => scopeTable(settings.scopes, roles ?? anyRole));
  const pathOptions = { encodedSlashes: settings.encodedSlashes };
  const declared = { ladder: roles ?? anyRole, scopes: scopes ?? anyScope };
  const rules = attempt('rules', 'RULES', () => tableOf(settings.rules, declared, pathOptions));
  const hostIsServed = attempt('allowedHosts', 'ALLOWED_HOSTS', () => hostGuard(servedHosts(settings)));
  const adminIsServed = attempt('adminUrl', 'ADMIN_URL', () => servedAt(settings, hostIsServed ?? anyHost));
  const defaultRole = attempt('defaultRole', 'DEFAULT_ROLE', () => roleNamed(settings.defaultRole, declared.ladder));
  const autoLoginRole = attempt('autoLoginRole', 'AUTO_LOGIN_ROLE', () => ceilingNamed(settings, declared.ladder));
  if (!roles || !scopes || !rules || !hostIsServed || !adminIsServed || !defaultRole || !autoLoginRole)
    return { ok: false, problems };
  const namedRoles = { defaultRole, autoLoginRole };
  const rulesOf: Policies['rulesOf'] = (written, options = pathOptions) => tableOf(written, declared, options);
  const readPart: Policies['readRules'] = (text, firstLine) => readRules(text, declared, firstLine);
  return {
    ok: true,
    policies: { ladder: roles, scopes, hostIsServed, rules, rulesOf, readRules: readPart, namedRoles },
  };
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

/** A ladder and scopes in place of invalid ones: every name is valid. */
const anyRole: Ladder = { ...ladder(), has: () => true, atLeast: () => false };
const anyHost = (): boolean => true;
const anyScope: ScopeTable = { ...scopeTable('', anyRole), has: () => true };

type Declarations = Readonly<{ ladder: Ladder; scopes: ScopeTable }>;

function tableOf(written: string | readonly Rule[], declared: Declarations, options: PathOptions): RuleTable {
  if (typeof written !== 'string') return ruleTable(written, options);
  const parsed = parseRules(written, declared);
  if (!parsed.ok) throw new SettingsError(parsed.problems.map((problem) => `RULES: ${problem}`));
  return ruleTable(parsed.rules, options);
}

function servedHosts({ allowedHosts, publicUrl, adminUrl }: Settings): readonly string[] {
  const published = [publicUrl, adminUrl].filter((url) => url !== undefined).map((url) => new URL(url).hostname);
  return allowedHosts ?? [...published, ...loopbackHosts];
}

/** @throws TypeError when `ALLOWED_HOSTS` is given without the host of `ADMIN_URL`: the pages would be served nowhere */
function servedAt({ adminUrl }: Settings, isServed: (hostname: string) => boolean): true {
  const hostname = adminUrl === undefined ? undefined : parseHost(new URL(adminUrl).host)?.hostname;
  if (adminUrl === undefined || (hostname !== undefined && isServed(hostname))) return true;
  throw new TypeError('its host is not one of ALLOWED_HOSTS');
}

type RoleSetting = 'defaultRole' | 'autoLoginRole';

const nextRung = { viewer: 'user', user: 'operator', operator: 'admin' } as const;
const isMiddleRung = (word: string): word is keyof typeof nextRung => Object.hasOwn(nextRung, word);

/**
 * The ladder's name for a role to grant. When no name is mapped to a rung, `rung` returns the next higher role: that is safe
 * for a role to require, but not for one to grant.
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

/** Without auto-login, the default of its ceiling need not be a role of the ladder. */
function ceilingNamed({ autoLogin, autoLoginRole: word }: Settings, roles: Ladder): string {
  const unused = !autoLogin && isMiddleRung(word);
  return unused ? (nameInLadder(word, roles) ?? word) : roleNamed(word, roles);
}
