import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { describeStores } from '../../lib/stores/suites/index.ts';

describeStores('SQLite in memory', () => openSqlite({ memory: true }));

describeStores('SQLite in a file', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatewarden-'));
  const stores = await openSqlite({ dataDir });
  return {
    ...stores,
    async close() {
      await stores.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
});
