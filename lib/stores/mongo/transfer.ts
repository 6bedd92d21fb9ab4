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
import { type Importer, importRecords } from './transfer-in.ts';
import { countIn, entriesIn } from './transfer-out.ts';
import { audit, facts, keys, retiredNames } from './transfer-plain.ts';
import { refreshTokens, spentRefreshTokens } from './transfer-refresh.ts';
import { tokens } from './transfer-tokens.ts';
import { removeStrangers, users } from './transfer-users.ts';
import { usersOn } from './user-collection.ts';

type Importers = { readonly [K in TransferKind]: Importer<TransferRecords[K]> };

type Run = { readonly kind: TransferKind; readonly records: TransferEntry['record'][] };

/** Groups adjacent entries of one kind, to be written together. */
function runsOf(entries: readonly TransferEntry[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { kind, record } of entries) {
    const run = runs.at(-1);
    if (run?.kind === kind) run.records.push(record);
    else runs.push({ kind, records: [record] });
  }
  return runs;
}

/** Export and import of this database; `stores` are the stores on it. */
export function transferStore(db: Database, stores: Pick<Stores, 'users' | 'tokens'>): TransferStore {
  // The stores have already registered the models.
  const known: Database = {
    ...db,
    collection: <D>(name: string) => db.connection.model<D>(name),
  };
  const roster = rosterOn(known);
  const collection = usersOn(known, roster);
  const removeTokensOf = (userId: string) => stores.tokens.removeAllOf(userId);
  const dependencies = { db, roster, collection, store: stores.users, removeTokensOf };
  const importers: Importers = {
    fact: facts(db),
    key: keys(db),
    'retired-name': retiredNames(db),
    user: users(dependencies),
    token: tokens(db, stores.tokens),
    'refresh-token': refreshTokens(db),
    'spent-refresh-token': spentRefreshTokens(db),
    audit: audit(db),
  };

  async function put(entries: readonly TransferEntry[], replace: boolean): Promise<readonly TransferOutcome[]> {
    const outcomes: TransferOutcome[] = [];
    for (const { kind, records } of runsOf(entries)) {
      const importer = importers[kind] as Importer<TransferEntry['record']>;
      outcomes.push(...(await importRecords(importer, records, replace)));
      if (kind === 'user' && replace) await removeStrangers(dependencies);
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
