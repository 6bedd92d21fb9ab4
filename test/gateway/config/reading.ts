import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGatewayConfig } from '../../../gateway/config/index.ts';
import type { GatewayConfig } from '../../../gateway/config/route-config.ts';
import { SettingsError } from '../../../lib/errors.ts';
import { loadSettings, type Resolved } from '../../../lib/start/load-settings.ts';

export const folder = mkdtempSync(join(tmpdir(), 'gatewarden-config-'));
const file = join(folder, 'gatewarden.yaml');

/** Settings of a gateway, from variables without their prefix. */
export function settingsOf(short: Readonly<Record<string, string>> = {}): Resolved {
  const env = Object.fromEntries(Object.entries(short).map(([name, value]) => [`GATEWARDEN_${name}`, value]));
  return loadSettings({ env, applies: 'gateway', terminal: false });
}

/** Reads a text as the configuration file. */
export function readText(text: string | Buffer, env?: Readonly<Record<string, string>>): GatewayConfig {
  writeFileSync(file, text);
  return readGatewayConfig(file, settingsOf(env));
}

/** The problems of a text, without the path of the file: `3:11: host: must be …`. */
export function problemsOf(text: string | Buffer, env?: Readonly<Record<string, string>>): readonly string[] {
  try {
    readText(text, env);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map((problem) => problem.replace(`${file}:`, ''));
    throw error;
  }
}

/** The warnings of a text, without the path of the file. */
export const warningsOf = (text: string, env?: Readonly<Record<string, string>>): readonly string[] =>
  readText(text, env).warnings.map((warning) => warning.replace(`${file}:`, ''));

/** A file with one route, which has these lines besides its host and upstream; they begin in line 4. */
export const routeWith = (...lines: readonly string[]): string =>
  [
    'routes:',
    '  - host: wiki.example.com',
    '    upstream: http://wiki:8080',
    ...lines.map((line) => `    ${line}`),
  ].join('\n');
