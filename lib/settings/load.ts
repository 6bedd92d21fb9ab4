import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SettingsError } from '../errors.ts';
import { problemsBetween } from './check.ts';
import { environmentPrefix, isSetByKubernetes, unknownOptions, unknownVariables } from './names.ts';
import type { Setting, Surroundings, Use } from './setting.ts';
import { type Options, type Settings, settingKeys, settingTable } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings come from. Options in code come before the environment, and the environment before the default. */
export interface SettingsSource {
  /** Environment variables; those without the prefix `GATEWARDEN_` are ignored. An empty one counts as not given. */
  readonly env?: Environment | undefined;
  readonly given?: Options | undefined;
  /** What the settings are used for: some are required for one use only. */
  readonly applies: Use;
  /** Whether logs are read on a terminal, which decides `LOG_FORMAT`. Default: whether standard output is one. */
  readonly terminal?: boolean | undefined;
}

/** Where a value comes from: an option in code or of the command, an environment variable, the file that one names, or nowhere. */
export type SettingOrigin = 'option' | 'environment' | 'file' | 'default';
export type SettingOrigins = Readonly<Record<keyof Settings, SettingOrigin>>;

/** The result of reading one setting: its value and where that is from, a problem, or undefined when it is not given. */
type Reading =
  | Readonly<{ value: unknown; origin: Exclude<SettingOrigin, 'default'> }>
  | Readonly<{ problem: string }>
  | undefined;

/** All settings. One that could not be parsed holds its default and has a sentence in `problems`. */
export interface ReadSettings {
  readonly settings: Settings;
  readonly origins: SettingOrigins;
  /** One sentence each: unknown names, values that cannot be read, settings that do not go together. */
  readonly problems: readonly string[];
  readonly unreadable: ReadonlySet<keyof Settings>;
}

/**
 * Reads every setting, and checks them one by one and against each other. The settings are complete and frozen; given
 * again as `given`, they parse to the same values. Each variable may also be given as `…_FILE`, the path of a file that
 * holds the value (a line break at its end is removed). Never throws: problems are collected, and none repeats a value.
 */
export function readSettings(source: SettingsSource): ReadSettings {
  const { env = {}, given = {} } = source;
  const surroundings = { terminal: source.terminal ?? process.stdout.isTTY === true };
  const readings = new Map(settingKeys.map((key) => [key, read(key, given, env)]));
  const unreadable = new Set(settingKeys.filter((key) => problemOf(readings.get(key)) !== undefined));
  const settings = assemble(readings, surroundings);
  const problems = [
    ...uncheckedCertificates(env),
    ...unknownVariables(env),
    ...unknownOptions(given),
    ...[...readings.values()].map(problemOf).filter((problem) => problem !== undefined),
    ...problemsBetween(settings, source.applies, unreadable),
  ];
  return { settings, origins: originsOf(readings), problems, unreadable };
}

function originsOf(readings: ReadonlyMap<keyof Settings, Reading>): SettingOrigins {
  const originOf = (reading: Reading) => (reading && 'value' in reading ? reading.origin : 'default');
  const entries = settingKeys.map((key) => [key, originOf(readings.get(key))] as const);
  return Object.freeze(Object.fromEntries(entries) as Record<keyof Settings, SettingOrigin>);
}

const problemOf = (reading: Reading) => (reading && 'problem' in reading ? reading.problem : undefined);

/** With this variable Node accepts every certificate, so that anyone on the network can pose as a store or an upstream. */
function uncheckedCertificates(env: Environment): string[] {
  if (env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return [];
  return [
    'NODE_TLS_REJECT_UNAUTHORIZED: is 0, so that no certificate is checked: remove it, and name the authority to trust in NODE_EXTRA_CA_CERTS',
  ];
}

function assemble(readings: ReadonlyMap<keyof Settings, Reading>, surroundings: Surroundings): Settings {
  const value = (key: keyof Settings) => {
    const reading = readings.get(key);
    return reading && 'value' in reading ? reading.value : defaultOf(settingTable[key], surroundings);
  };
  const entries = settingKeys.map((key) => [key, value(key)] as const);
  // `Settings` has for every key the type that its parser returns; an object made of entries loses that.
  return Object.freeze(Object.fromEntries(entries) as unknown as Settings);
}

function defaultOf(setting: Setting, surroundings: Surroundings): unknown {
  const text = setting.default ?? setting.computedDefault?.(surroundings);
  return text === undefined ? undefined : setting.parser.parse(text);
}

function read(key: keyof Settings, given: Options, env: Environment): Reading {
  if (given[key] !== undefined) return parsed(`option "${key}"`, settingTable[key], given[key], 'option');
  const name = environmentPrefix + settingTable[key].env;
  const text = textOf(name, settingTable[key], env);
  if (typeof text !== 'string') return text;
  const isNamed = variable(name, env) === undefined;
  return parsed(name, settingTable[key], text, isNamed ? 'file' : 'environment');
}

function parsed(name: string, setting: Setting, value: unknown, origin: Exclude<SettingOrigin, 'default'>): Reading {
  const result = setting.parser.safeParse(value);
  if (result.success) return { value: result.data, origin };
  const messages = new Set(result.error.issues.map((issue) => issue.message));
  return { problem: `${name}: ${[...messages].join('; ')}` };
}

/** The variable's text, from itself or from the file it names; undefined when neither is given. */
function textOf(name: string, setting: Setting, env: Environment): string | { problem: string } | undefined {
  const [text, path] = [variable(name, env), variable(`${name}_FILE`, env)];
  if (path === undefined) return text;
  if (text !== undefined) return { problem: `${name}: is given, and ${name}_FILE too; give one of them` };
  return fileText(`${name}_FILE`, path, setting);
}

function variable(name: string, env: Environment): string | undefined {
  const value = env[name];
  return value === undefined || value.trim() === '' || isSetByKubernetes(name, value) ? undefined : value;
}

function fileText(name: string, path: string, setting: Setting): string | { problem: string } {
  // A secret given by mistake in place of its file's path must not end up in a log.
  const file = setting.secret ? 'the file' : `"${path}"`;
  try {
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    return text.trim() === '' ? { problem: `${name}: ${file} is empty` } : text;
  } catch (error) {
    return { problem: `${name}: ${file} cannot be read (${codeOf(error)})` };
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'unreadable');

/** The variables of a file such as `.env`. Throws `SettingsError` when it cannot be read. */
export function readEnvFile(path: string): Record<string, string> {
  try {
    const entries = Object.entries(parseEnv(readFileSync(path, 'utf8')));
    return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
  } catch (error) {
    throw new SettingsError([`the file "${path}" cannot be read (${codeOf(error)})`], { cause: error });
  }
}
