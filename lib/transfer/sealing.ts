import { createPrivateKey, createPublicKey } from 'node:crypto';
import { checkValues, secretKeyFact } from '../crypto/key-check.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { secretBox } from '../crypto/secret-box.ts';
import type { FactStore } from '../stores/records/facts.ts';
import type { KeyRecord } from '../stores/records/keys.ts';
import type { TransferEntry } from '../stores/records/transfer.ts';

/** What to do with a record that depends on `SECRET_KEY`. `skip`: the store has a check value already. */
export type Verdict =
  | { readonly kind: 'take' | 'skip' }
  | { readonly kind: 'refuse' | 'stop'; readonly problem: string };

/** Refuses keys sealed with another `SECRET_KEY`: a gateway that cannot open its signing keys does not start. */
export interface Sealing {
  verdictOn(entry: TransferEntry): Promise<Verdict>;
}

const noKey =
  'the file comes from an installation with a SECRET_KEY, and none is given here: set GATEWARDEN_SECRET_KEY to that one';
const otherKey =
  'the file was made with another SECRET_KEY: set GATEWARDEN_SECRET_KEY to that one, or to both with the new one first';

function jwkOf(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const jwk: unknown = JSON.parse(text ?? '');
    return typeof jwk === 'object' && jwk !== null ? { ...jwk } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether both halves are keys, and the public one holds no private part. */
function isPair(publicJwk: string, privateJwk: string): boolean {
  const [shown, hidden] = [jwkOf(publicJwk), jwkOf(privateJwk)];
  try {
    createPublicKey({ format: 'jwk', key: { ...shown } });
    createPrivateKey({ format: 'jwk', key: { ...hidden } });
    return shown?.d === undefined;
  } catch {
    return false;
  }
}

/** `keys` is `undefined` when no `SECRET_KEY` is known. */
export function sealingOf(keys: Keyring | undefined, facts: Pick<FactStore, 'get'>): Sealing {
  const box = keys && secretBox(keys.derive('signing-keys'));

  async function ofFact(value: string): Promise<Verdict> {
    if (keys === undefined) return { kind: 'stop', problem: noKey };
    if (!checkValues(keys).includes(value)) return { kind: 'stop', problem: otherKey };
    return { kind: (await facts.get(secretKeyFact)) === undefined ? 'take' : 'skip' };
  }

  function ofKey({ kid, publicJwk, sealed }: KeyRecord): Verdict {
    if (box === undefined) return { kind: 'stop', problem: noKey };
    const opened = box.open(sealed);
    if (opened === undefined) return { kind: 'refuse', problem: `its private half does not open: ${otherKey}` };
    if (isPair(publicJwk, opened) && jwkOf(publicJwk)?.kid === kid) return { kind: 'take' };
    return { kind: 'refuse', problem: 'it is not a pair of keys' };
  }

  return {
    async verdictOn({ kind, record }) {
      if (kind === 'fact' && record.name === secretKeyFact) return ofFact(record.value);
      return kind === 'key' ? ofKey(record) : { kind: 'take' };
    },
  };
}
