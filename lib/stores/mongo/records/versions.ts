import { Schema } from 'mongoose';
import type { AnyKind } from '../../records/kind.ts';
import { type Database, documentOptions, unlessDuplicate } from '../database.ts';

/** The version of a kind in this store. */
interface KindVersion {
  /** The kind's name. */
  readonly _id: string;
  /** The greatest version of all programs that have used the store. */
  readonly version: number;
  /** The version that all records have at least. Less than `version` while they are migrated. */
  readonly migrated: number;
}

const schema = new Schema<KindVersion>(
  {
    _id: { type: String, required: true },
    version: { type: Number, required: true },
    migrated: { type: Number, required: true },
  },
  documentOptions,
);

/** Collections of a layout before this one, which had no versions. */
const earlier = ['users', 'api_tokens', 'refresh_families', 'keys', 'facts', 'admins'].map(
  (name) => `gatewarden_${name}`,
);

/** The names of the collections that are there. */
async function collectionNames({ connection }: Database): Promise<string[]> {
  return (await connection.listCollections()).map(({ name }) => name);
}

/** A newer program has used the store: this one must not. */
export class NewerStoreError extends Error {
  override readonly name = 'NewerStoreError';
}

/** Throws a `NewerStoreError` where a newer program has used the store. */
function refuseNewer(stored: readonly KindVersion[], kinds: readonly AnyKind[]): void {
  for (const { _id: name, version } of stored) {
    const known = kinds.find((kind) => kind.name === name)?.version;
    if (known !== undefined && version <= known) continue;
    const knows = known === undefined ? 'does not know them' : `knows version ${known}`;
    throw new NewerStoreError(
      `a newer version of Gatewarden has used it (its records "${name}" have version ${version}, this version ${knows})`,
    );
  }
}

/** The versions of the kinds in a store, and the check that this program may use it. */
export function kindVersions(db: Database, kinds: readonly AnyKind[]) {
  const versions = db.collection('schema', schema);
  const stored = () => versions.find().lean<KindVersion[]>();

  async function claim({ name, version }: AnyKind): Promise<void> {
    const change = { $max: { version }, $setOnInsert: { migrated: version } };
    const write = () => unlessDuplicate(() => versions.updateOne({ _id: name }, change, { upsert: true }));
    // Another instance inserted it at the same moment: now there is something to raise.
    if ((await write()) === 'duplicate') await write();
  }

  /** Throws an `Error` for a store that this program must not use. */
  async function check(): Promise<readonly KindVersion[]> {
    // First the names: an instance that starts at the same time claims its versions before it creates a collection.
    const names = await collectionNames(db);
    const before = await stored();
    const old = names.find((name) => earlier.includes(name));
    if (before.length === 0 && old !== undefined) {
      throw new Error(`its collection ${old} has a layout that was never released, and cannot be migrated`);
    }
    refuseNewer(before, kinds);
    return before;
  }

  return {
    /**
     * Stores which versions this program uses, so that an older one refuses the store from now on. Returns the kinds whose
     * records have to be migrated. Throws a `NewerStoreError` for a store of a newer program, and an `Error` for one with the
     * layout before this one.
     */
    async claim(): Promise<readonly AnyKind[]> {
      const before = await check();
      const isClaimed = ({ name, version }: AnyKind) =>
        before.some((one) => one._id === name && one.version === version);
      for (const kind of kinds.filter((one) => !isClaimed(one))) await claim(kind);
      const now = await stored();
      refuseNewer(now, kinds);
      return kinds.filter(({ name, version }) => now.some((one) => one._id === name && one.migrated < version));
    },

    /** Stores that all records of a kind have its version. */
    async noteMigrated({ name, version }: AnyKind): Promise<void> {
      await versions.updateOne({ _id: name }, { $max: { migrated: version } });
    },
  };
}
