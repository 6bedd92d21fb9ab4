export { listensAt } from './check.ts';
export { isExposed, issuerOf, metadataPathOf, ownPathsOf } from './derived.ts';
export { identityHeader } from './identity-header.ts';
export { readEnvFile, readSettings, type SettingOrigins, type SettingsSource } from './load.ts';
export { suggestion } from './names.ts';
export {
  duration,
  durationOrNone,
  durationPattern,
  listOrNone,
  millisecondsIn,
  type Parser,
  text,
  units,
} from './parsers.ts';
export { type RedactedSettings, redact } from './redact.ts';
export type { Use } from './setting.ts';
export { type NamedSetting, type Options, type Settings, settingGroups, settingTable } from './settings.ts';
export { origin, upstreamUrl } from './urls.ts';
export { warningsOf } from './warnings.ts';
export { writtenSetting } from './written.ts';
