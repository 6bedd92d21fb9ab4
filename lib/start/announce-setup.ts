import type { InternalGate, MountedRouter } from './gate.ts';
import { onServing } from './serving-address.ts';
import { setupNotice } from './setup-notice.ts';

/** Milliseconds to wait for the address of the app's server; then the path alone is printed. */
const patience = 1000;

/**
 * Prints the setup link when an app has mounted the pages: below `PUBLIC_URL`, or else below the address on which the app's
 * server listens. Prints only the path when neither is known: at a guessed address another service could receive the token.
 * Returns a function that stops waiting for the address and prints nothing.
 */
export function announceSetup(gate: InternalGate, router: MountedRouter): () => void {
  const { publicUrl } = gate.settings;
  if (publicUrl !== undefined) {
    void print(gate, `${publicUrl}${router.path()}`);
    return () => undefined;
  }
  const cancel = () => {
    stop();
    clearTimeout(late);
  };
  const tell = (address: string) => {
    cancel();
    void print(gate, `${address}${router.path()}`);
  };
  const stop = onServing(router.root, tell);
  const late = setTimeout(() => tell(''), patience).unref();
  return cancel;
}

async function print({ setupLink, log }: InternalGate, base: string): Promise<void> {
  try {
    const link = await setupLink(base);
    if (link !== undefined) process.stderr.write(`${setupNotice(link)}\n`);
  } catch (error) {
    log.error({ err: error }, 'the stores cannot answer');
  }
}
