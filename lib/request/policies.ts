import { SettingsError } from '../errors.ts';
import type { Settings } from '../settings/settings.ts';
import type { Ladder, ScopeTable } from '../types.ts';
import { hostGuard, loopbackHosts } from './authorize/hosts.ts';
import { type RuleTable, ruleTable } from './authorize/match.ts';
import { ladder } from './authorize/roles.ts';
import { parseRules } from './authorize/rules.ts';
import { scopeTable } from './authorize/scopes.ts';

/** What the settings say in little languages of their own, read: roles, scopes, rules, hosts. */
export interface Policies {
  readonly ladder: Ladder;
  readonly scopes: ScopeTable;
  readonly hostIsServed: (hostname: string) => boolean;
  /** The table of a rules text. Throws `SettingsError` with every problem, each with its line. */
  rulesOf(text: string): RuleTable;
}

function orProblem<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new SettingsError([`${name}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function problemsWithRoles(settings: Settings, roles: Ladder): string[] {
  return (['defaultRole', 'autoLoginRole'] as const)
    .filter((key) => !roles.has(settings[key]))
    .map((key) => `${key === 'defaultRole' ? 'DEFAULT_ROLE' : 'AUTO_LOGIN_ROLE'}: there is no role "${settings[key]}"`);
}

/** Reads them. Throws `SettingsError`: ladder and scopes first, for the rest is written in their words. */
export function policiesOf(settings: Settings): Policies {
  const roles = orProblem('ROLES', () => ladder(settings.roles));
  const problems = problemsWithRoles(settings, roles);
  if (problems.length > 0) throw new SettingsError(problems);
  const scopes = orProblem('SCOPES', () => scopeTable(settings.scopes, roles));
  const published = settings.publicUrl === undefined ? [] : [new URL(settings.publicUrl).hostname];
  const served = settings.allowedHosts ?? [...published, ...loopbackHosts];
  return {
    ladder: roles,
    scopes,
    hostIsServed: orProblem('ALLOWED_HOSTS', () => hostGuard(served)),
    rulesOf(text) {
      const parsed = parseRules(text, { ladder: roles, scopes });
      if (!parsed.ok) throw new SettingsError(parsed.problems.map((problem) => `RULES: ${problem}`));
      return ruleTable(parsed.rules);
    },
  };
}
