import type {
  TransferEntry,
  TransferKind,
  TransferOutcome,
  TransferRecords,
  TransferStore,
} from '../records/transfer.ts';
import type { Stores } from '../stores.ts';
import { rosterOn } from './admins.ts';
import type { Database } from './database.ts';
import { bringIn, type RequestHead } from './transfer-in.ts';
import { countIn, entriesIn } from './transfer-out.ts';
import { audit, facts, keys, retiredNames } from './transfer-plain.ts';
import { refreshTokens, spentRefreshTokens } from './transfer-refresh.ts';
import { tokens } from './transfer-tokens.ts';
import { users, withoutStrangers } from './transfer-users.ts';
import { usersOn } from './user-collection.ts';

type Ways = { readonly [K in TransferKind]: RequestHead<TransferRecords[K]> };

type Run = { readonly kind: TransferKind; readonly records: TransferEntry['record'][] };

/** Entries of one kind that stand together are written together. */
function runsOf(entries: readonly TransferEntry[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { kind, record } of entries) {
    const run = runs.at(-1);
    if (run?.kind === kind) run.records.push(record);
    else runs.push({ kind, records: [record] });
  }
  return runs;
}

/** Everything durable in this database; `stores` are its own. */
export function transferStore(db: Database, stores: Pick<Stores, 'users' | 'tokens'>): TransferStore {
  // The models are there already, with the stores that made them.
  const known: Database = {
    ...db,
    collection: <D>(name: string) => db.connection.model<D>(name),
  };
  const roster = rosterOn(known);
  const collection = usersOn(known, roster);
  const removeTokensOf = (userId: string) => stores.tokens.removeAllOf(userId);
  const parts = { db, roster, collection, store: stores.users, removeTokensOf };
  const ways: Ways = {
    fact: facts(db),
    key: keys(db),
    'retired-name': retiredNames(db),
    user: users(parts),
    token: tokens(db, stores.tokens),
    'refresh-token': refreshTokens(db),
    'spent-refresh-token': spentRefreshTokens(db),
    audit: audit(db),
  };

  async function put(entries: readonly TransferEntry[], replace: boolean): Promise<readonly TransferOutcome[]> {
    const outcomes: TransferOutcome[] = [];
    for (const { kind, records } of runsOf(entries)) {
      const way = ways[kind] as RequestHead<TransferEntry['record']>;
      outcomes.push(...(await bringIn(way, records, replace)));
      if (kind === 'user' && replace) await withoutStrangers(parts);
    }
    return outcomes;
  }

  return {
    async *entries() {
      const all = entriesIn(db, collection);
      for (;;) {
        const next = await db.answer(() => all.next());
        if (next.done) return;
        yield next.value;
      }
    },
    count: () => db.answer(() => countIn(db)),
    put: (entries, { replace = false } = {}) => db.answer(() => put(entries, replace)),
  };
}
