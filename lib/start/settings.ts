/** What the gateway and the command need of the settings: the package import `#settings`. */

export { SettingsError } from '../errors.ts';
export {
  duration,
  durationOrNone,
  identityHeader,
  isExposed,
  listensAt,
  listOrNone,
  type Options,
  origin,
  type Parser,
  readEnvFile,
  redact,
  settingTable,
  suggestion,
  text,
  type Use,
  upstreamUrl,
  warningsOf,
} from '../settings/index.ts';
export { loadSettings, type Resolved } from './load-settings.ts';
