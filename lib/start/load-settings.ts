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
  if (problems.length > 0 || !read.ok) throw new SettingsError([...problems, ...(read.ok ? [] : read.problems)]);
  const { policies } = read;
  return Object.freeze({ settings: Object.freeze({ ...settings, ...policies.namedRoles }), policies });
}
