import type { ApiTokenRecord, ApiTokenStore } from '../records/api-tokens.ts';
import { sameRecord } from '../records/replacement.ts';
import { documentOf, makersOf, type TokenDocument, tokenOf } from './api-tokens.ts';
import { type Database, outdated, unlessDuplicate } from './database.ts';
import { native, writeAll } from './native.ts';
import type { Importer, Plan } from './transfer-in.ts';

const nameOf = ({ userId, name }: Pick<ApiTokenRecord, 'userId' | 'name'>) => JSON.stringify([userId, name]);

export function tokens(db: Database, store: Pick<ApiTokenStore, 'create' | 'remove'>): Importer<ApiTokenRecord> {
  const documents = () => native<TokenDocument>(db, 'api_tokens');

  /** The stored tokens with the ids, hashes and names of these. */
  async function holdersOf(records: readonly ApiTokenRecord[]) {
    const [byId, byHash, byName] = await Promise.all([
      documents()
        .find({ _id: { $in: records.map(({ id }) => id) } })
        .toArray(),
      documents()
        .find({ hash: { $in: records.map(({ hash }) => hash) } }, { projection: { hash: 1 } })
        .toArray(),
      documents()
        // By user alone: a condition on the name too would have to list every pair of the batch.
        .find(
          { userId: { $in: [...new Set(records.map(({ userId }) => userId))] } },
          { projection: { userId: 1, name: 1 } },
        )
        .toArray(),
    ]);
    return {
      byId: new Map(byId.map((found) => [found._id, found])),
      idOfHash: new Map(byHash.map(({ hash, _id }) => [hash, _id])),
      idOfName: new Map(byName.map((found) => [nameOf(found), found._id])),
    };
  }

  async function plan(records: readonly ApiTokenRecord[], replace: boolean) {
    const { byId, idOfHash, idOfName } = await holdersOf(records);
    return (token: ApiTokenRecord): Plan => {
      const found = byId.get(token.id);
      const there = found && tokenOf(found);
      if (there && sameRecord(token, there)) return 'unchanged';
      // The token that created it never changes.
      if (there && there.parentId !== token.parentId) return 'different';
      if ((idOfHash.get(token.hash) ?? token.id) !== token.id) return 'id-taken';
      const named = (idOfName.get(nameOf(token)) ?? token.id) !== token.id;
      if (there && !replace) return named ? 'name-taken' : 'different';
      return there || named || token.parentId !== undefined ? 'write-one' : 'add';
    };
  }

  /** Replaces a token; its chain of creators stays. */
  async function change(found: TokenDocument, token: ApiTokenRecord) {
    const document = documentOf(token, makersOf(found));
    const write = () => documents().replaceOne({ _id: token.id }, document, { ignoreUndefined: true });
    const written = await unlessDuplicate(write);
    return written !== 'duplicate' && written.matchedCount > 0 ? 'replaced' : outdated;
  }

  return {
    plan,
    addAll: (records) =>
      writeAll(
        documents(),
        records.map((token) => ({ insertOne: { document: documentOf(token, []) } })),
      ),
    async writeOne(token, replace) {
      const named = await documents().findOne({ userId: token.userId, name: token.name });
      const inTheWay = named !== null && named._id !== token.id;
      if (replace && inTheWay) await store.remove(token.userId, token.name);
      const found = await documents().findOne({ _id: token.id });
      if (found !== null) return replace ? change(found, token) : outdated;
      const outcome = await store.create(token);
      return outcome === 'created' && inTheWay ? 'replaced' : outcome;
    },
  };
}
