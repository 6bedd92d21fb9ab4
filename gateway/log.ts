import type { Settings } from 'gatewarden';
import { type DestinationStream, pino } from 'pino';
import { lineWriter } from './line-writer.ts';
import { readableLine } from './readable-line.ts';

/** Lines on standard output, and the way to get the last of them out before the process ends. */
export interface GatewayLog {
  readonly log: pino.Logger;
  /** Resolves once the lines are out, or a second has passed: false. */
  end(): Promise<boolean>;
}

/** How long the last lines may take, in milliseconds. */
const lastLines = 1000;

/** The gateway's log: JSON lines, or one readable line each. Written behind the requests, never while one waits. */
export function gatewayLog(settings: Pick<Settings, 'logLevel' | 'logFormat'>): GatewayLog {
  const writer = lineWriter(1);
  const stream: DestinationStream =
    settings.logFormat === 'pretty' ? { write: (line) => writer.write(readableLine(line, process.stdout)) } : writer;
  const log = pino({ level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  return { log, end: () => writer.end(lastLines) };
}
