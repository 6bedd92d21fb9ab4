import type { InternalGate, MountedRouter } from './gate.ts';
import { onServing } from './serving-address.ts';
import { setupNotice } from './setup-notice.ts';

/** An app that does not listen by then gets the path alone. Milliseconds. */
const patience = 1000;

/**
 * Prints the way to the first admin once an app has mounted our pages: a link below `PUBLIC_URL`, or else below the address
 * where the app's server listens. Where neither is known, the path: at a guessed address another service could get the token.
 * Returns a function that gives up waiting for the address, and prints nothing.
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
