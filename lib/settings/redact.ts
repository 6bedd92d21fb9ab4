import { type SecretKey, type Settings, settingKeys, settingTable } from './settings.ts';

/** The settings with `***` in place of each secret. Settings without a value are absent. */
export type RedactedSettings = Readonly<Omit<Settings, SecretKey> & { [K in SecretKey]?: '***' }>;

/** Returns the settings as they may be logged and shown: `***` in place of each secret. Frozen. */
export function redact(settings: Settings): RedactedSettings {
  const shown = settingKeys
    .filter((key) => settings[key] !== undefined)
    .map((key) => [key, settingTable[key].secret ? '***' : settings[key]] as const);
  return Object.freeze(Object.fromEntries(shown)) as unknown as RedactedSettings;
}
