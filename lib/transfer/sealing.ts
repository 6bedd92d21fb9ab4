import { createPrivateKey, createPublicKey } from 'node:crypto';
import { checkValues } from '../crypto/key-check.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { secretBox } from '../crypto/secret-box.ts';
import type { SigningKeyRecord } from '../stores/records/kinds/signing-key.ts';

/** Refuses what was sealed with another `SECRET_KEY`: a gateway that cannot open its signing keys does not start. */
export interface Sealing {
  /** Why a file with this check value cannot be imported. */
  problemOfCheck(check: string | undefined): string | undefined;
  /** Why a signing key cannot be imported. */
  problemOfKey(key: SigningKeyRecord): string | undefined;
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
export function sealingOf(keys: Keyring | undefined): Sealing {
  const box = keys && secretBox(keys.derive('signing-keys'));
  return {
    problemOfCheck(check) {
      if (check === undefined) return undefined;
      if (keys === undefined) return noKey;
      return checkValues(keys).includes(check) ? undefined : otherKey;
    },
    problemOfKey({ id, publicJwk, sealed }) {
      if (box === undefined) return noKey;
      const opened = box.open(sealed);
      if (opened === undefined) return `its private half does not open: ${otherKey}`;
      const fits = isPair(publicJwk, opened) && jwkOf(publicJwk)?.kid === id;
      return fits ? undefined : 'it is not a pair of keys';
    },
  };
}
