import type { Settings } from 'gatewarden';
import { type DestinationStream, pino } from 'pino';
import { replaceHazards } from '#text';

/** Lines on standard output, and the way to get the last of them out before the process ends. */
export interface GatewayLog {
  readonly log: pino.Logger;
  flush(): void;
}

/** The gateway's log: JSON lines, or one readable line each. Written behind the requests, never while one waits. */
export function gatewayLog(settings: Pick<Settings, 'logLevel' | 'logFormat'>): GatewayLog {
  const destination = pino.destination({ fd: 1, sync: false });
  const stream: DestinationStream =
    settings.logFormat === 'pretty' ? { write: (line) => void destination.write(pretty(line)) } : destination;
  const log = pino({ level: settings.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, stream);
  return {
    log,
    flush() {
      try {
        destination.flushSync();
      } catch {
        // Standard output is gone: there is nobody left to tell.
      }
    },
  };
}

const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/** One JSON line for the eyes. Values stay quoted as JSON: what clients send must not move a terminal's cursor. */
export function pretty(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = String(time).slice(11, 19);
  const words = Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${printable(value)}`);
  return `${clock} ${(levels[Number(level)] ?? '').padEnd(5)} ${[String(msg), ...words].join(' ')}\n`;
}

const printable = (value: unknown): string => {
  const text = replaceHazards(JSON.stringify(value), '?');
  return /^"[\w./:@+-]*"$/.test(text) ? text.slice(1, -1) : text;
};
