export type { Use } from './check.ts';
export { isExposed, issuerOf } from './derived.ts';
export { readEnvFile, readSettings, type SettingsSource } from './load.ts';
export { type RedactedSettings, redact } from './redact.ts';
export { type Setting, settingTable } from './schema.ts';
export type { Options, Settings } from './settings.ts';
