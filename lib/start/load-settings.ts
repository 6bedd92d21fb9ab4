import { passwordPolicy } from '../accounts/password-policy.ts';
import { SettingsError } from '../errors.ts';
import { type Policies, readPolicies } from '../request/policies.ts';
import { readSettings, type SettingsSource } from '../settings/index.ts';
import type { Settings } from '../settings/settings.ts';

/** The settings and what those mean that are written in a language of their own: all that a start needs to know. */
export type Resolved = Readonly<{ settings: Settings; policies: Policies }>;

/**
 * Reads the settings and what follows from them. The environment is read here and nowhere else.
 * Throws `SettingsError` with every problem at once: names that are no settings, values that cannot be read, settings
 * that do not go together, roles, scopes, rules and hosts that mean nothing. No problem repeats a secret.
 */
export function loadSettings(source: SettingsSource): Resolved {
  const { settings, problems, unreadable } = readSettings(source);
  const read = readPolicies(settings, unreadable);
  const all = [...problems, ...weakSuperuser(settings, unreadable), ...(read.ok ? [] : read.problems)];
  if (all.length > 0 || !read.ok) throw new SettingsError(all);
  const { policies } = read;
  return Object.freeze({ settings: Object.freeze({ ...settings, ...policies.namedRoles }), policies });
}

/** The policy that every other password of a user has to meet, before there is a store to ask. */
function weakSuperuser(settings: Settings, unreadable: ReadonlySet<keyof Settings>): readonly string[] {
  const { superuser: username, superuserPassword } = settings;
  if (username === undefined || superuserPassword === undefined || unreadable.has('passwordMinLength')) return [];
  const problem = passwordPolicy(settings)(superuserPassword, { username });
  return problem === undefined ? [] : [`SUPERUSER_PASSWORD: ${problem}`];
}
