import type { Log } from '../log.ts';
import type { Settings } from '../settings/settings.ts';
import type { FactStore } from '../stores/records/facts.ts';

const fact = 'issuer';

type Dependencies = Readonly<{
  facts: FactStore;
  settings: Pick<Settings, 'issuer' | 'publicUrl'>;
  /** The `iss` of the tokens of this instance. */
  issuer: string;
  log: Log;
}>;

/**
 * Remembers the issuer in the store, and warns when it was another one before: instances that share a store do not accept each
 * other's access tokens then. Without `ISSUER` and `PUBLIC_URL` the issuer is this machine's and is not remembered.
 */
export async function rememberIssuer({ facts, settings, issuer, log }: Dependencies): Promise<void> {
  if ((settings.issuer ?? settings.publicUrl) === undefined) return;
  const before = await facts.putIfAbsent(fact, issuer);
  if (before === issuer) return;
  await facts.put(fact, issuer);
  log.warn(
    { issuer, before, setting: 'GATEWARDEN_ISSUER' },
    'the store was used with another ISSUER: its access tokens are not accepted here; instances that share a store must share ISSUER',
  );
}
