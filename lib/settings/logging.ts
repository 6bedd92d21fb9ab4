import { choice } from './parsers.ts';
import { everywhere, gateway, type Setting } from './setting.ts';

/** What is logged, and how. */
export const loggingSettings = {
  /**
   * The least important lines that are logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`. Default:
   * `info`.
   */
  logLevel: {
    parser: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
    help: 'The least important lines that are logged: `fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`.',
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
} satisfies Readonly<Record<string, Setting>>;
