import type { Settings } from 'gatewarden';
import { type DestinationStream, pino } from 'pino';
import { lineWriter } from './line-writer.ts';
import { readableLine } from './readable-line.ts';

/** The log on standard output, and a function that flushes it before the process ends. */
export interface GatewayLog {
  readonly log: pino.Logger;
  /** Resolves to true once the lines are written, to false after a second. */
  end(): Promise<boolean>;
}

/** Milliseconds within which the last lines must be written. */
const lastLines = 1000;

/** Creates the gateway's log: JSON lines, or readable ones. They are written asynchronously. */
export function gatewayLog(settings: Pick<Settings, 'logLevel' | 'logFormat'>): GatewayLog {
  const writer = lineWriter(1);
  const stream: DestinationStream =
    settings.logFormat === 'pretty' ? { write: (line) => writer.write(readableLine(line, process.stdout)) } : writer;
  const log = pino({ level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  return { log, end: () => writer.end(lastLines) };
}
