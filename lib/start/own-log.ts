import { pino } from 'pino';
import type { Log } from '../log.ts';
import type { Settings } from '../settings/settings.ts';

/** The default log of an installation: JSON lines on stderr. `LOG_FORMAT` applies to the gateway only. */
export function ownLog(settings: Pick<Settings, 'logLevel'>): Log {
  return pino({ level: settings.logLevel, base: undefined }, pino.destination(2));
}
