/** What the gateway and the command need of the settings: the package import `#settings`. */

export { SettingsError } from '../errors.ts';
export { isExposed, type Options, readEnvFile, redact, settingTable, type Use, warningsOf } from '../settings/index.ts';
export { loadSettings, type Resolved } from './load-settings.ts';
