import type { Log } from '../log.ts';
import type { AuditRecord } from '../stores/audit.ts';

/** Logs records that cannot be kept. */
export interface LostRecords {
  /** Writes a line for each record, with all of it. */
  log(records: readonly AuditRecord[], reason: string, error?: unknown): void;
  /** Call when the number of waiting records has changed: as long as there are some, they are logged if the process exits. */
  watch(): void;
}

export function lostRecords(waiting: readonly AuditRecord[], log: Log): LostRecords {
  let watches = false;

  function logEach(records: readonly AuditRecord[], reason: string, err?: unknown): void {
    for (const record of records)
      log.error({ record, ...(err !== undefined && { err }) }, `audit record not kept: ${reason}`);
  }

  function onExit(): void {
    logEach(waiting, 'the process ends before the store has taken it');
  }

  return {
    log: logEach,
    watch() {
      const wanted = waiting.length > 0;
      if (wanted && !watches) process.on('exit', onExit);
      if (!wanted && watches) process.off('exit', onExit);
      watches = wanted;
    },
  };
}
