import { type SecretKey, type Settings, settingKeys, settingTable } from './settings.ts';

/** The settings without their secrets: where one is given, `***` stands for it. What is not given is absent. */
export type RedactedSettings = Readonly<Omit<Settings, SecretKey> & { [K in SecretKey]?: '***' }>;

/** The settings as they may be logged and shown: those that are given, `***` for each secret. Frozen. */
export function redact(settings: Settings): RedactedSettings {
  const shown = settingKeys
    .filter((key) => settings[key] !== undefined)
    .map((key) => [key, settingTable[key].secret ? '***' : settings[key]] as const);
  return Object.freeze(Object.fromEntries(shown)) as unknown as RedactedSettings;
}
