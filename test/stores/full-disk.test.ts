import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { factKind } from '../../lib/stores/records/kinds/fact.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';

const script = fileURLToPath(new URL('child.ts', import.meta.url));

/** A directory on a small disk of its own; `isDisk` is false where this user may not mount one. */
function smallDisk(t: TestContext): { dataDir: string; isDisk: boolean } {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatewarden-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', dataDir]);
  t.after(() => {
    if (status === 0) spawnSync('umount', ['--lazy', dataDir]);
    rmSync(dataDir, { recursive: true, force: true });
  });
  return { dataDir, isDisk: status === 0 };
}

test('a disk without room is not ready, and says why', async (t) => {
  const { dataDir, isDisk } = smallDisk(t);
  // Without the right to mount, a limit on the size of files makes writes fail in the same place.
  const limit = isDisk ? '' : 'ulimit -f 4096;';
  const command = `${limit} exec "$0" "$1" full "$2"`;
  const child = spawn('bash', ['-c', command, process.execPath, script, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk;
  });
  await once(child, 'close');
  const [before, after] = printed.split('\n');
  deepEqual(JSON.parse(before ?? ''), [{ store: 'sqlite', ok: true }]);
  const [found] = JSON.parse(after ?? '');
  equal(found.ok, false);
  match(found.problem, isDisk ? /disk is full/ : /disk I\/O error/);
  if (isDisk) await readyWithRoom(dataDir);
});

/** A disk that another file has filled is not ready, and is again once that file is gone. */
async function readyWithRoom(dataDir: string): Promise<void> {
  for (const name of ['gatewarden.db', 'gatewarden.db-wal', 'gatewarden.db-shm'])
    rmSync(join(dataDir, name), { force: true });
  const stores = await openSqlite({ dataDir });
  const ballast = join(dataDir, 'ballast');
  try {
    writeFileSync(ballast, Buffer.alloc(16 * 1024 * 1024));
  } catch {
    equal(existsSync(ballast), true);
  }
  const isReady = async () => (await stores.health())[0]?.ok;
  for (let n = 0; (await isReady()) && n < 100_000; n += 1) {
    await stores.records.add(factKind, { id: `f${n}`, value: 'x' }).catch(() => undefined);
  }
  equal(await isReady(), false);
  rmSync(ballast);
  equal(await isReady(), true);
  await stores.close();
}
