import type { z } from 'zod';
import { accountsSettings } from './accounts.ts';
import { loggingSettings } from './logging.ts';
import { pagesSettings } from './pages.ts';
import { servingSettings } from './serving.ts';
import { sessionsSettings } from './sessions.ts';
import type { Setting } from './setting.ts';
import { signInSettings } from './sign-in.ts';
import { storesSettings } from './stores.ts';
import { tokensSettings } from './tokens.ts';
import { upstreamSettings } from './upstream.ts';

/** Every table, in the order of the documentation. */
const tables = {
  ...upstreamSettings,
  ...servingSettings,
  ...signInSettings,
  ...accountsSettings,
  ...sessionsSettings,
  ...tokensSettings,
  ...storesSettings,
  ...loggingSettings,
  ...pagesSettings,
};

// Not `typeof tables`: of an intersection, the declaration files keep the doc comment of each key.
type Tables = typeof upstreamSettings &
  typeof servingSettings &
  typeof signInSettings &
  typeof accountsSettings &
  typeof sessionsSettings &
  typeof tokensSettings &
  typeof storesSettings &
  typeof loggingSettings &
  typeof pagesSettings;

type Parsed<S extends Setting> = z.output<S['parser']>;

/** A setting without a default may be undefined. */
type ValueOf<S extends Setting> = S extends { default: string } | { computedDefault: unknown }
  ? Parsed<S>
  : Parsed<S> | undefined;

/**
 * The settings, resolved: every default applied, every value parsed and checked, frozen. Durations are milliseconds.
 * The key of a setting is its environment name in camel case: `SESSION_IDLE` is `sessionIdle`.
 */
export type Settings = { readonly [K in keyof Tables]: ValueOf<Tables[K]> };

/** The settings that are never shown. */
export type SecretKey = { [K in keyof Tables]: Tables[K] extends { secret: true } ? K : never }[keyof Tables];

/** The types of an option: the value itself, or its environment text. */
type Written<T> = T extends boolean
  ? boolean | 'true' | 'false'
  : T extends number
    ? number | string
    : T extends readonly (infer E)[]
      ? readonly E[] | string
      : T;

/**
 * What `gatewarden({ … })` takes, all optional: the settings. Durations are milliseconds or texts such as `12h`, lists are
 * arrays or texts with commas.
 */
export type Options = { readonly [K in keyof Tables]?: Written<Parsed<Tables[K]>> | undefined };

const variableOf = (key: string): string => key.replace(/[A-Z]/g, '_$&').toUpperCase();

/** A setting and the name of its variable after `GATEWARDEN_`. */
export type NamedSetting = Setting & Readonly<{ env: string }>;

/** Every setting there is, by its key. */
export const settingTable: { readonly [K in keyof Tables]: NamedSetting } = Object.freeze(
  // `Object.fromEntries` loses the types of the keys.
  Object.fromEntries(
    Object.entries<Setting>(tables).map(([key, setting]) => [key, { ...setting, env: variableOf(key) }]),
  ) as { [K in keyof Tables]: NamedSetting },
);

const keysOf = <K extends string>(table: Readonly<Record<K, Setting>>) =>
  Object.keys(table) as readonly string[] as readonly K[];

/** The keys of the settings by what they are about, in the order of the documentation. */
export const settingGroups = {
  upstream: keysOf(upstreamSettings),
  serving: keysOf(servingSettings),
  signIn: keysOf(signInSettings),
  accounts: keysOf(accountsSettings),
  sessions: keysOf(sessionsSettings),
  tokens: keysOf(tokensSettings),
  stores: keysOf(storesSettings),
  logging: keysOf(loggingSettings),
  pages: keysOf(pagesSettings),
} satisfies Readonly<Record<string, readonly (keyof Settings)[]>>;

/** The keys of the settings, in the order of the documentation. */
export const settingKeys = Object.keys(tables) as readonly (keyof Settings)[];
