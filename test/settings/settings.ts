import { SettingsError } from '../../lib/errors.ts';
import type { Options, Settings, Use } from '../../lib/settings/index.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';

export type Env = Record<string, string>;

/** Settings from variables given without their prefix. */
export function fromEnv(short: Env, applies: Use = 'gateway', given?: Options): Settings {
  const env = Object.fromEntries(Object.entries(short).map(([name, value]) => [`GATEWARDEN_${name}`, value]));
  return loadSettings({ env, given, applies, terminal: false }).settings;
}

/** The problems that stop the start; none when it starts. */
export function problemsOf(short: Env, applies: Use = 'gateway', given?: Options): readonly string[] {
  try {
    fromEnv(short, applies, given);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}
