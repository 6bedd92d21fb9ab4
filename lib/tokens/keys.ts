import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import type { SecretBox } from '../crypto/secret-box.ts';
import { SettingsError } from '../errors.ts';
import type { KeyRecord, KeyStore } from '../stores/records/keys.ts';

export type Algorithm = 'EdDSA' | 'ES256';

/** One key of a pair: the private half to sign with, or the public one to verify with. */
export type Key = Readonly<{ kid: string; algorithm: string; key: CryptoKey }>;

/** The keys that sign access tokens and assertions, the same on every instance. */
export interface SigningKeys {
  /** Makes the key where there is none, and a new one where only an older secret opens the one in use. Rejects with `SettingsError` when `SECRET_KEY` does not open the one there is. */
  ready(): Promise<void>;
  /** The newest key of the algorithm in use; no store call once it is known. */
  current(): Promise<Key>;
  /** The public half of a key, old ones included; undefined when there is none of that `kid`. */
  verificationKey(kid: string): Promise<Key | undefined>;
  /** RFC 7517: the public halves, newest first. */
  jwks(): Promise<Readonly<{ keys: readonly object[] }>>;
  /** Signs with a new key from now on; removes those that nothing good can have been signed with any more. */
  rotate(): Promise<void>;
  /** Rotates when the newest key is older than `age` milliseconds; of many instances at once, one does. */
  rotateAfter(age: number): Promise<void>;
}

type Dependencies = Readonly<{
  store: KeyStore;
  box: SecretBox;
  algorithm: Algorithm;
  /** Milliseconds since the epoch. */
  clock?: () => number;
  /**
   * The longest that what is signed may live, in milliseconds, where that is more than the 30 days of a minted token: a
   * replaced key verifies for a day longer.
   */
  longest?: number;
}>;

/** Other instances may have made keys: a `kid` that is not known is looked up again, but not more often than this. */
const missInterval = 1000;
const refreshInterval = 60_000;
const day = 24 * 60 * 60 * 1000;

async function newKey(algorithm: Algorithm, box: SecretBox, createdAt: number): Promise<KeyRecord> {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const publicJwk = JSON.stringify({ ...jwk, kid, alg: algorithm, use: 'sig' });
  return { kid, algorithm, publicJwk, sealed: box.seal(JSON.stringify(await exportJWK(pair.privateKey))), createdAt };
}

/** The key in a JWK (RFC 7517). Rejects for one that is not there to sign: a secret, or one for encryption. */
export async function keyOf(jwk: JWK, { kid, algorithm }: Pick<KeyRecord, 'kid' | 'algorithm'>): Promise<Key> {
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array || (jwk.use ?? 'sig') !== 'sig') throw new TypeError(`the key "${kid}" signs nothing`);
  return Object.freeze({ kid, algorithm, key });
}

/**
 * The newest that the box opens: while instances get a new secret one after another, one that has it may have made a key
 * already that the others cannot open yet. Rejects with `SettingsError` when there are keys and none opens.
 */
function newestOpen(records: readonly KeyRecord[], box: SecretBox): KeyRecord | undefined {
  const found = records.find((record) => box.open(record.sealed) !== undefined);
  const [first] = records;
  if (found !== undefined || first === undefined) return found;
  throw new SettingsError([
    `SECRET_KEY: it does not open the signing key "${first.kid}" in the store. Give the key that this store was used with; a new one goes before it in the list`,
  ]);
}

type Loaded = Readonly<{
  at: number;
  records: readonly KeyRecord[];
  signing: Key | undefined;
  verifying: Map<string, Key>;
}>;

export function signingKeys({ store, box, algorithm, clock = Date.now, longest = 0 }: Dependencies): SigningKeys {
  const overlap = Math.max(30 * day, longest) + day;
  let loaded: Loaded | undefined;
  let loading: Promise<Loaded> | undefined;

  async function read(): Promise<Loaded> {
    const at = clock();
    const records = await store.list();
    const ofAlgorithm = records.filter((record) => record.algorithm === algorithm);
    const newest = newestOpen(ofAlgorithm, box);
    const same = newest !== undefined && newest.kid === loaded?.signing?.kid;
    const signing = same ? loaded?.signing : newest && (await keyOf(JSON.parse(box.open(newest.sealed) ?? ''), newest));
    const verifying = await Promise.all(records.map((record) => keyOf(JSON.parse(record.publicJwk), record)));
    loaded = { at, records, signing, verifying: new Map(verifying.map((key) => [key.kid, key])) };
    return loaded;
  }

  function reload(): Promise<Loaded> {
    loading ??= read().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  /** Adds a key behind the newest one known; where another instance was quicker, its key serves. */
  async function add(): Promise<Loaded> {
    const { records } = await reload();
    await store.add(await newKey(algorithm, box, clock()), records[0]?.kid);
    return reload();
  }

  async function withSigningKey(): Promise<Loaded & { signing: Key }> {
    const now = loaded ?? (await reload());
    const { signing } = now.signing ? now : await add();
    if (signing === undefined) return withSigningKey();
    return { ...now, signing };
  }

  async function removeOutlived({ records }: Loaded): Promise<void> {
    const outlived = records.filter(
      (_, at) => (records[at - 1]?.createdAt ?? Number.POSITIVE_INFINITY) < clock() - overlap,
    );
    for (const { kid } of outlived) await store.remove(kid);
    if (outlived.length > 0) await reload();
  }

  return {
    async ready() {
      const { records, signing } = await withSigningKey();
      const used = records.find((record) => record.kid === signing.kid);
      if (used === undefined || box.isCurrent(used.sealed)) return;
      // It would be lost with the secret that seals it.
      await store.add(await newKey(algorithm, box, clock()), records[0]?.kid);
      await reload();
    },
    async current() {
      const { signing, at } = await withSigningKey();
      // Beside the request: a store that is down for a while must not stop what needs no store.
      if (clock() - at > refreshInterval) void reload().catch(() => undefined);
      return signing;
    },
    async verificationKey(kid) {
      const now = loaded ?? (await reload());
      const known = now.verifying.get(kid);
      if (known !== undefined || clock() - now.at < missInterval) return known;
      return (await reload()).verifying.get(kid);
    },
    async jwks() {
      const now = loaded && clock() - loaded.at < missInterval ? loaded : await reload();
      return { keys: now.records.map((record) => JSON.parse(record.publicJwk)) };
    },
    async rotate() {
      await removeOutlived(await add());
    },
    async rotateAfter(age) {
      const { records } = await reload();
      const [newest] = records;
      if (newest === undefined || clock() - newest.createdAt < age) return;
      await store.add(await newKey(algorithm, box, clock()), newest.kid);
      await removeOutlived(await reload());
    },
  };
}
