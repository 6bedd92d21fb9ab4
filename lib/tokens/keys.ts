import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { SecretBox } from '../crypto/secret-box.ts';
import { SettingsError } from '../errors.ts';
import { type SigningKeyRecord, signingKeyKind } from '../stores/records/kinds/signing-key.ts';
import type { Records } from '../stores/records/records.ts';
import { type Algorithm, type Key, keyOf } from './key.ts';

/** The keys that sign access tokens and assertions, the same on every instance. */
export interface SigningKeys {
  /**
   * Creates a key if there is none, and a new one if only an older secret opens the one in use. Rejects with `SettingsError`
   * when `SECRET_KEY` opens none.
   */
  ready(): Promise<void>;
  /** The newest key of the configured algorithm; reads the store only the first time. */
  current(): Promise<Key>;
  /** The public half of a key, including replaced ones; `undefined` for an unknown `kid`. */
  verificationKey(kid: string): Promise<Key | undefined>;
  /** The public halves as a JWK Set (RFC 7517), newest first. */
  jwks(): Promise<Readonly<{ keys: readonly object[] }>>;
  /** Creates a new key to sign with; removes keys that no valid token can be signed with any more. */
  rotate(): Promise<void>;
  /** Rotates if the newest key is older than `age` milliseconds. Of concurrent instances one does. */
  rotateAfter(age: number): Promise<void>;
}

type Dependencies = Readonly<{
  records: Pick<Records, 'list' | 'add' | 'change'>;
  box: SecretBox;
  algorithm: Algorithm;
  /** Milliseconds since the epoch. */
  clock?: () => number;
  /**
   * The longest lifetime of a signed token in milliseconds, if it is above the 30 days of a minted one. A replaced key
   * verifies for a day longer.
   */
  longest?: number;
}>;

/** How often an unknown `kid` makes keys be read again, in milliseconds: another instance may have created one. */
const missInterval = 1000;
const refreshInterval = 60_000;
const day = 24 * 60 * 60 * 1000;
/** One page: keys are removed long before there are as many. */
const mostKeys = 1000;

async function newPair(algorithm: Algorithm, box: SecretBox) {
  const pair = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const id = await calculateJwkThumbprint(jwk);
  const publicJwk = JSON.stringify({ ...jwk, kid: id, alg: algorithm, use: 'sig' });
  return { id, algorithm, publicJwk, sealed: box.seal(JSON.stringify(await exportJWK(pair.privateKey))) };
}

/**
 * The newest key that the box opens: while instances get a new secret one after another, an updated one may have created a
 * key that the others cannot open yet. Throws `SettingsError` when there are keys and none opens.
 */
function newestOpen(records: readonly SigningKeyRecord[], box: SecretBox): SigningKeyRecord | undefined {
  const found = records.find((record) => box.open(record.sealed) !== undefined);
  const [first] = records;
  if (found !== undefined || first === undefined) return found;
  throw new SettingsError([
    `SECRET_KEY: it does not open the signing key "${first.id}" in the store. Give the key that this store was used with; a new one goes before it in the list`,
  ]);
}

type Loaded = Readonly<{
  at: number;
  /** Newest first. */
  records: readonly SigningKeyRecord[];
  signing: Key | undefined;
  verifying: Map<string, Key>;
}>;

const halfOf = (jwk: string | undefined, { id: kid, algorithm }: SigningKeyRecord): Promise<Key> =>
  keyOf(JSON.parse(jwk ?? ''), { kid, algorithm });

const placeOf = ([newest]: readonly SigningKeyRecord[]): number => newest?.place ?? 0;

export function signingKeys({
  records: stored,
  box,
  algorithm,
  clock = Date.now,
  longest = 0,
}: Dependencies): SigningKeys {
  const overlap = Math.max(30 * day, longest) + day;
  let loaded: Loaded | undefined;
  let loading: Promise<Loaded> | undefined;

  async function read(): Promise<Loaded> {
    const at = clock();
    const records = (await stored.list(signingKeyKind, { order: 'place', limit: mostKeys })).items.toReversed();
    const newest = newestOpen(
      records.filter((record) => record.algorithm === algorithm),
      box,
    );
    const same = newest !== undefined && newest.id === loaded?.signing?.kid;
    const signing = same ? loaded?.signing : newest && (await halfOf(box.open(newest.sealed), newest));
    const verifying = await Promise.all(records.map((record) => halfOf(record.publicJwk, record)));
    loaded = { at, records, signing, verifying: new Map(verifying.map((key) => [key.kid, key])) };
    return loaded;
  }

  function reload(): Promise<Loaded> {
    loading ??= read().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  /**
   * Adds a key after the newest of `known`: of concurrent instances one does, and the others use its key. `place`: tried
   * next, when the one before it belongs to a record that cannot be read.
   */
  async function addAfter({ records: known }: Loaded, place = placeOf(known) + 1): Promise<Loaded> {
    const added = await stored.add(signingKeyKind, { ...(await newPair(algorithm, box)), place, createdAt: clock() });
    const now = await reload();
    return added.kind === 'added' || placeOf(now.records) >= place ? now : addAfter(now, place + 1);
  }

  const add = async (): Promise<Loaded> => addAfter(await reload());

  /** Another instance may have added one since the keys were read. */
  async function addMissing(): Promise<Loaded> {
    const now = await reload();
    return now.signing ? now : addAfter(now);
  }

  async function withSigningKey(): Promise<Loaded & { signing: Key }> {
    const now = loaded ?? (await reload());
    const { signing } = now.signing ? now : await addMissing();
    if (signing === undefined) return withSigningKey();
    return { ...now, signing };
  }

  async function removeOutlived({ records }: Loaded): Promise<void> {
    const outlived = records.filter(
      (_, at) => (records[at - 1]?.createdAt ?? Number.POSITIVE_INFINITY) < clock() - overlap,
    );
    for (const { id } of outlived)
      await stored.change(signingKeyKind, id, () => ({ kind: 'remove', answer: undefined }));
    if (outlived.length > 0) await reload();
  }

  return {
    async ready() {
      const now = await withSigningKey();
      const used = now.records.find((record) => record.id === now.signing.kid);
      // A key that only an older secret opens is lost when that secret is dropped.
      if (used !== undefined && !box.isCurrent(used.sealed)) await addAfter(now);
    },
    async current() {
      const { signing, at } = await withSigningKey();
      // Not awaited: signing does not need the store, so an outage of it must not stop it.
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
      const now = await reload();
      const [newest] = now.records;
      if (newest === undefined || clock() - newest.createdAt < age) return;
      await removeOutlived(await addAfter(now));
    },
  };
}
