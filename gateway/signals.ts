import type { GatewayLog } from './log.ts';

/** The first SIGTERM or SIGINT calls `close`, the next one ends the process at once. Returns an unsubscribe function. */
export function onStopSignals(out: GatewayLog, close: () => Promise<void>): () => void {
  let stopping = false;

  async function stop(signal: NodeJS.Signals): Promise<void> {
    out.log.info({ signal }, 'stopping: letting requests finish');
    try {
      await close();
    } catch (error) {
      out.log.error({ err: error }, 'the end was not clean');
      await exitAfter(out, 3);
    }
  }

  function onSignal(signal: NodeJS.Signals): void {
    if (!stopping) {
      stopping = true;
      void stop(signal);
      return;
    }
    out.log.warn({ signal }, 'a second signal: ending at once');
    void exitAfter(out, signal === 'SIGINT' ? 130 : 143);
  }

  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  return () => void process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
}

/** SIGHUP reads the configuration file again. Without a file the signal is left as it is. Returns an unsubscribe function. */
export function onReloadSignal(reloads: { now(): Promise<void> } | undefined): () => void {
  if (reloads === undefined) return () => undefined;
  const onSignal = (): void => void reloads.now();
  process.on('SIGHUP', onSignal);
  return () => void process.off('SIGHUP', onSignal);
}

async function exitAfter(out: GatewayLog, code: number): Promise<void> {
  await endLog(out);
  process.exit(code);
}

/**
 * Flushes the log. When its reader does not read (a pipe whose reader has stopped), kills the process: a write that waits
 * would block every other way to end it.
 */
export async function endLog(out: GatewayLog): Promise<void> {
  if (!(await out.end())) process.kill(process.pid, 'SIGKILL');
}
