import { type CryptoKey, importJWK, type JWK } from 'jose';

export type Algorithm = 'EdDSA' | 'ES256';

/** One key of a pair: the private half to sign with, or the public one to verify with. */
export type Key = Readonly<{ kid: string; algorithm: string; key: CryptoKey }>;

/** Imports a JWK (RFC 7517). Rejects for a symmetric key and for one that is for encryption. */
export async function keyOf(jwk: JWK, { kid, algorithm }: Pick<Key, 'kid' | 'algorithm'>): Promise<Key> {
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array || (jwk.use ?? 'sig') !== 'sig') throw new TypeError(`the key "${kid}" signs nothing`);
  return Object.freeze({ kid, algorithm, key });
}
