import { settingKeys, settingTable } from './schema.ts';
import type { Settings } from './settings.ts';

/** The settings as they may be logged and shown: those that are given, `***` for each secret. */
export function redact(settings: Settings): Record<string, unknown> {
  const shown = settingKeys
    .filter((key) => settings[key] !== undefined)
    .map((key) => [key, settingTable[key].secret ? '***' : settings[key]] as const);
  return Object.fromEntries(shown);
}
