import { pino } from 'pino';
import type { Log } from './core.ts';
import type { Settings } from './settings/settings.ts';

/** The log of an installation that brings none of its own: JSON lines (or, for a person at a terminal, plain ones) on stderr. */
export function ownLog(settings: Pick<Settings, 'logLevel'>): Log {
  return pino({ level: settings.logLevel, base: undefined }, pino.destination(2));
}
