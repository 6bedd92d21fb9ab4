import type { GatewayLog } from './log.ts';

/** The first SIGTERM or SIGINT calls `close`, the next one ends the process at once. Returns an unsubscribe function. */
export function onStopSignals({ log, flush }: GatewayLog, close: () => Promise<void>): () => void {
  let asked = false;

  function onSignal(signal: NodeJS.Signals): void {
    if (asked) {
      log.warn({ signal }, 'a second signal: ending at once');
      flush();
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
    asked = true;
    log.info({ signal }, 'stopping: letting requests finish');
    close().catch((error: unknown) => {
      log.error({ err: error }, 'the end was not clean');
      flush();
      process.exit(3);
    });
  }

  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  return () => void process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
}
