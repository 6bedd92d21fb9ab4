import { passwordPolicy } from '../accounts/password-policy.ts';
import { SettingsError } from '../errors.ts';
import { colourProblem } from '../pages/brand/colour.ts';
import { type Policies, readPolicies } from '../request/policies.ts';
import { readSettings, type SettingOrigins, type SettingsSource } from '../settings/index.ts';
import type { Settings } from '../settings/settings.ts';

/** The resolved settings, the policies parsed from them (roles, scopes, rules and hosts), and where each setting is from. */
export type Resolved = Readonly<{ settings: Settings; policies: Policies; origins: SettingOrigins }>;

/**
 * Reads the settings and the policies. The environment is read here and nowhere else. Throws `SettingsError` with every
 * problem at once: unknown names, invalid values, settings that contradict each other, invalid roles, scopes, rules and
 * hosts. No problem repeats a secret.
 */
export function loadSettings(source: SettingsSource): Resolved {
  const { settings, origins, problems, unreadable } = readSettings(source);
  const read = readPolicies(settings, unreadable);
  const all = [
    ...problems,
    ...weakSuperuser(settings, unreadable),
    ...unreadableColour(settings),
    ...(read.ok ? [] : read.problems),
  ];
  if (all.length > 0 || !read.ok) throw new SettingsError(all);
  const { policies } = read;
  return Object.freeze({ settings: Object.freeze({ ...settings, ...policies.namedRoles }), policies, origins });
}

/** The password policy holds for this password too. It is checked here, before a store is open. */
function weakSuperuser(settings: Settings, unreadable: ReadonlySet<keyof Settings>): readonly string[] {
  const { superuser: username, superuserPassword } = settings;
  if (username === undefined || superuserPassword === undefined || unreadable.has('passwordMinLength')) return [];
  const problem = passwordPolicy(settings)(superuserPassword, { username });
  return problem === undefined ? [] : [`SUPERUSER_PASSWORD: ${problem}`];
}

/** People must be able to read the pages. */
function unreadableColour({ brandColor }: Settings): readonly string[] {
  const problem = brandColor === undefined ? undefined : colourProblem(brandColor);
  return problem === undefined ? [] : [`BRAND_COLOR: ${problem}`];
}
