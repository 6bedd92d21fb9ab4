import { choice, duration } from './parsers.ts';
import { everywhere, gateway, type Setting, servers } from './setting.ts';

/** Settings of the log and the audit log. */
export const loggingSettings = {
  /**
   * The lowest level that is logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`. Default: `info`.
   */
  logLevel: {
    parser: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
    help: 'The lowest level that is logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
    appliesTo: everywhere,
    example: 'warn',
  },
  /** How log lines are written: `json` or `pretty`. Default: `json`, on a terminal `pretty`. */
  logFormat: {
    parser: choice('json', 'pretty'),
    computedDefault: ({ terminal }) => (terminal ? 'pretty' : 'json'),
    defaultInWords: '`json`, on a terminal `pretty`',
    help: 'How log lines are written: `json` or `pretty`.',
    appliesTo: gateway,
    example: 'json',
  },
  /** How long records of the audit log are kept. Within it each event has a quota of its own. Default: `400d`. */
  auditRetention: {
    parser: duration,
    default: '400d',
    help: 'How long records of the audit log are kept. Within it each event has a quota of its own.',
    appliesTo: servers,
    example: '90d',
  },
} satisfies Readonly<Record<string, Setting>>;
