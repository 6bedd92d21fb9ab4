import { pino } from 'pino';
import type { Log } from '../log.ts';
import type { Settings } from '../settings/settings.ts';

/** The log of an installation that brings none of its own: JSON lines on stderr. `LOG_FORMAT` is the gateway's. */
export function ownLog(settings: Pick<Settings, 'logLevel'>): Log {
  return pino({ level: settings.logLevel, base: undefined }, pino.destination(2));
}
