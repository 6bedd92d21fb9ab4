import { duration, durationOrNone, type Parser, units } from './parsers.ts';
import { type Settings, settingTable } from './settings.ts';

/** Milliseconds as a text that `duration` reads, in the largest unit that is exact. */
function durationText(milliseconds: number): string {
  const found = Object.entries(units).findLast(([, unit]) => milliseconds % unit === 0);
  return found === undefined || milliseconds === 0 ? '0' : `${milliseconds / found[1]}${found[0]}`;
}

/** An empty list is `none` where that is a word for it, else an empty text. */
function emptyText(parser: Parser<unknown>): string {
  const none = parser.safeParse('none');
  return none.success && Array.isArray(none.data) && none.data.length === 0 ? 'none' : '';
}

/**
 * The value of a setting as an environment variable would give it; undefined for one that has none. A secret is `***`.
 */
export function writtenSetting(key: keyof Settings, settings: Settings): string | undefined {
  const { parser, secret } = settingTable[key];
  const value: unknown = settings[key];
  if (value === undefined) return undefined;
  if (secret) return '***';
  if (Array.isArray(value)) return value.length === 0 ? emptyText(parser) : value.join(', ');
  const isDuration = parser === duration || parser === durationOrNone;
  return isDuration && typeof value === 'number' ? durationText(value) : String(value);
}
