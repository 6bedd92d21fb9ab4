import { type Frame, inFrame } from '../frame.ts';
import type { WordKey } from '../words/words.ts';

type Origin = 'option' | 'environment' | 'file' | 'default';

/** A setting that is in force. */
export type ShownSetting = Readonly<{
  /** The name of its variable, such as `GATEWARDEN_PORT`. */
  name: string;
  /** As an environment variable would give it, a secret as `***`; undefined where it has none. */
  value: string | undefined;
  origin: Origin;
  isSecret: boolean;
  /** In English, with code between backticks. */
  help: string;
  /** What holds when none is given, in words. */
  fallback?: string | undefined;
}>;

/** The groups of the documentation. */
export type SettingGroup = Readonly<{
  name: 'upstream' | 'serving' | 'signIn' | 'accounts' | 'sessions' | 'tokens' | 'stores' | 'logging' | 'pages';
  settings: readonly ShownSetting[];
}>;

export type SettingFilter = Readonly<{ text: string; onlyGiven: boolean }>;

/** A text with code between backticks, in pieces. */
type Piece = Readonly<{ text: string; isCode: boolean }>;

const piecesOf = (markdown: string): readonly Piece[] =>
  markdown.split('`').map((text, at) => ({ text, isCode: at % 2 === 1 }));

/** The settings in force with where each came from, filtered. `warnings`: sentences about settings that are rarely intended. */
export function settingsPage(
  frame: Frame,
  {
    groups,
    filter,
    warnings,
  }: Readonly<{ groups: readonly SettingGroup[]; filter: SettingFilter; warnings: readonly string[] }>,
): string {
  const shown = groups
    .map(({ name, settings }) => ({
      name,
      title: frame.words.text(groupWords[name]),
      settings: settings.filter((one) => passes(one, filter)).map(rowOf),
    }))
    .filter(({ settings }) => settings.length > 0);
  const count = shown.reduce((sum, { settings }) => sum + settings.length, 0);
  return inFrame('@admin-settings', frame, { place: 'settings', groups: shown, count, filter, warnings });
}

/** In any case, and with spaces in place of underscores. */
const plain = (text: string): string => text.toLowerCase().replaceAll('_', ' ').replaceAll('`', '');

function passes({ name, help, value, origin }: ShownSetting, { text, onlyGiven }: SettingFilter): boolean {
  if (onlyGiven && origin === 'default') return false;
  return plain(`${name} ${value ?? ''} ${help}`).includes(plain(text));
}

const originWords: Readonly<Record<Origin, WordKey>> = {
  option: 'settings.option',
  environment: 'settings.environment',
  file: 'settings.file',
  default: 'settings.default',
};

const groupWords: Readonly<Record<SettingGroup['name'], WordKey>> = {
  upstream: 'settings.ofUpstream',
  serving: 'settings.ofServing',
  signIn: 'settings.ofSignIn',
  accounts: 'settings.ofAccounts',
  sessions: 'settings.ofSessions',
  tokens: 'settings.ofTokens',
  stores: 'settings.ofStores',
  logging: 'settings.ofLogging',
  pages: 'settings.ofPages',
};

const rowOf = ({ help, fallback, origin, ...setting }: ShownSetting) => ({
  ...setting,
  help: piecesOf(help),
  fallback: piecesOf(fallback ?? ''),
  isGiven: origin !== 'default',
  originWord: originWords[origin],
});
