export { isExposed, issuerOf, metadataPathOf, ownPathsOf } from './derived.ts';
export { readEnvFile, readSettings, type SettingsSource } from './load.ts';
export { durationPattern, millisecondsIn, units } from './parsers.ts';
export { type RedactedSettings, redact } from './redact.ts';
export type { Use } from './setting.ts';
export { type NamedSetting, type Options, type Settings, settingTable } from './settings.ts';
export { warningsOf } from './warnings.ts';
