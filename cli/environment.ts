import { existsSync } from 'node:fs';
import { readEnvFile } from '#settings';

/**
 * Adds what `--env-file` and `.env` say of Gatewarden to the environment, for the commands that work on a store.
 * What the environment says itself wins, then `--env-file`, then `.env`.
 */
export function readEnvironment(envFile: string | undefined, env: NodeJS.ProcessEnv = process.env): void {
  if (envFile !== undefined) add(env, readEnvFile(envFile));
  if (existsSync('.env')) add(env, readEnvFile('.env'));
}

// A value and the file that holds it are one setting: what wins, wins over both spellings.
function add(env: NodeJS.ProcessEnv, file: Record<string, string>): void {
  const said = new Set(
    Object.keys(env)
      .filter((name) => env[name]?.trim())
      .map(settingOf),
  );
  for (const [name, value] of Object.entries(file)) {
    if (name.startsWith('GATEWARDEN_') && !said.has(settingOf(name))) env[name] = value;
  }
}

const settingOf = (name: string) => name.replace(/_FILE$/, '');
