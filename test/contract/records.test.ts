import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { describeRecords } from '../../lib/stores/suites/records-store.ts';

describeRecords('SQLite in memory', async () => {
  const stores = await openSqlite({ memory: true });
  return { store: stores.records, close: () => stores.close() };
});

describeRecords('SQLite in a file', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatewarden-'));
  const stores = await openSqlite({ dataDir });
  return {
    store: stores.records,
    async close() {
      await stores.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
});
