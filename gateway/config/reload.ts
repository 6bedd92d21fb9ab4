import { unwatchFile, watchFile } from 'node:fs';
import type { Log } from 'gatewarden';
import { SettingsError } from '#settings';
import { changesBetween, isSame } from './changes.ts';
import type { GatewayConfig } from './route-config.ts';

/** Milliseconds between two looks at the files, and until a changed file is taken for written. */
const interval = 1000;
const settle = 300;

type Dependencies = Readonly<{
  /** The configuration in force. */
  first: GatewayConfig;
  /** Reads and checks the file. Rejects with `SettingsError` for a bad one. */
  read: () => Promise<GatewayConfig>;
  /** Puts a configuration in force, as a whole. */
  apply: (config: GatewayConfig) => void;
  log: Log;
}>;

/** The reloads of a configuration file. */
export interface Reloads {
  /** Reads the file now, also when it has not changed, and says so. Never rejects. */
  now(): Promise<void>;
  /** Stops watching the files. A reload that has begun is not applied any more. */
  close(): void;
}

/**
 * Watches the configuration file and the PEM files that it names, also where they are replaced, or are links whose target
 * changes, and puts a changed configuration in force once it is read, checked and tested. A bad one is logged with every problem,
 * and the one before stays in force. The files are polled: what tells of changes in folders knows nothing of the targets of
 * links, and of some mounted folders nothing at all.
 */
export function reloadOnChange({ first, read, apply, log }: Dependencies): Reloads {
  const { file } = first;
  let current = first;
  let watched: readonly string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let last = Promise.resolve();

  async function reload(asked: boolean): Promise<void> {
    try {
      const config = await read();
      if (closed) return;
      if (isSame(current, config)) {
        if (asked) log.info({ file }, 'the configuration has not changed');
        return;
      }
      apply(config);
      const changes = changesBetween(current, config);
      current = config;
      watch();
      log.info({ file, ...changes }, 'the configuration was reloaded');
      for (const warning of config.warnings) log.warn({ file }, warning);
    } catch (error) {
      refused(error);
    }
  }

  function refused(error: unknown): void {
    const text = 'the configuration was not reloaded: the one before stays in force';
    if (error instanceof SettingsError) log.error({ file, problems: error.problems }, text);
    else log.error({ file, err: error }, text);
  }

  /** One after another: what changes during a reload is read by the next one. */
  function inTurn(asked: boolean): Promise<void> {
    last = last.then(() => (closed ? undefined : reload(asked)));
    return last;
  }

  function changed(): void {
    clearTimeout(timer);
    timer = setTimeout(() => void inTurn(false), settle).unref();
  }

  function watch(): void {
    const named = current.routes.flatMap(({ upstream: { tls } }) => [tls.ca, tls.cert, tls.key]);
    const files = [...new Set([file, ...named])].filter((one) => one !== undefined);
    for (const one of files) if (!watched.includes(one)) watchFile(one, { interval, persistent: false }, changed);
    for (const one of watched) if (!files.includes(one)) unwatchFile(one, changed);
    watched = files;
  }

  watch();
  // The file may have changed between its first reading and now.
  changed();
  return {
    now: () => inTurn(true),
    close() {
      closed = true;
      clearTimeout(timer);
      for (const one of watched) unwatchFile(one, changed);
    },
  };
}
