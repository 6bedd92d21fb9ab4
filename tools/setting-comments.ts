import { globSync, readFileSync } from 'node:fs';
import { type NamedSetting, settingTable } from '../lib/settings/index.ts';
import { wrapped } from './wrapped.ts';

/*
 * The doc comment above each key of a table of settings, written from its `help` and its default. The types `Options` and
 * `Settings` are made from the tables, so that an editor shows it wherever one of their keys is written or read.
 */

const tables = globSync('lib/settings/*.ts').filter((path) =>
  readFileSync(path, 'utf8').includes('satisfies Readonly<Record<string, Setting>>'),
);

/** The text of each table's file, with the comments as they should be. */
export const settingComments: Readonly<Record<string, () => string>> = Object.fromEntries(
  tables.map((path) => [path, () => commented(readFileSync(path, 'utf8'))]),
);

const key = /^(?: {2}\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)? {2}(\w+): \{$/gm;

function commented(table: string): string {
  const settings = new Map<string, NamedSetting>(Object.entries(settingTable));
  return table.replace(key, (found, name: string) => {
    const setting = settings.get(name);
    return setting ? `${commentOf(setting)}\n  ${name}: {` : found;
  });
}

function commentOf({ help, default: usual, defaultInWords }: NamedSetting): string {
  const fallback = defaultInWords ?? (usual ? `\`${usual}\`` : 'none');
  const text = `${help} Default: ${fallback}.`.replaceAll('*/', '*\\/');
  if (text.length < 112) return `  /** ${text} */`;
  return ['  /**', ...wrapped(text, 115).map((line) => `   * ${line}`), '   */'].join('\n');
}
