import { existsSync } from 'node:fs';
import { loadSettings, type Options, type Resolved, readEnvFile, type Use } from '#settings';

/** What the commands that work on a store take besides their own options. */
export interface LocalOptions {
  readonly envFile?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings of a command that works on a store: `given` by its own options, else from the environment, else from
 * `--env-file`, else from `.env`. Throws `SettingsError` with every problem at once, and for a file that cannot be read.
 */
export function settingsOf({ envFile }: LocalOptions, applies: Use, given: Options = {}): Resolved {
  return loadSettings({ env: environment(envFile), given, applies });
}

/** Whether the environment, `--env-file` or `.env` gives this setting, itself or as a file. */
export function namesSetting({ envFile }: LocalOptions, name: string): boolean {
  const env = environment(envFile);
  return [`GATEWARDEN_${name}`, `GATEWARDEN_${name}_FILE`].some((one) => (env[one] ?? '').trim() !== '');
}

/** A new object: `process.env` stays as it is. */
function environment(envFile: string | undefined): Environment {
  const files = [envFile, existsSync('.env') ? '.env' : undefined].filter((path) => path !== undefined);
  return files.map(readEnvFile).reduce(extended, process.env);
}

// A value and the file that holds it are one setting: what wins, wins over both spellings.
function extended(env: Environment, file: Environment): Environment {
  const said = new Set(
    Object.keys(env)
      .filter((name) => env[name]?.trim())
      .map(settingOf),
  );
  const more = Object.entries(file).filter(([name]) => name.startsWith('GATEWARDEN_') && !said.has(settingOf(name)));
  return { ...env, ...Object.fromEntries(more) };
}

const settingOf = (name: string) => name.replace(/_FILE$/, '');
