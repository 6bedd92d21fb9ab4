import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { adminsKind } from '../../lib/stores/records/kinds/admins.ts';
import { factKind } from '../../lib/stores/records/kinds/fact.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';

/** Another process on the same data directory: `node child.ts <what it does> <data directory> <its own name>`. */
const [does = '', dataDir = '', own = ''] = process.argv.slice(2);

const parts: Record<string, () => Promise<void>> = {
  /** Adds users and prints each answer and id, until it is killed. */
  async insert() {
    const { records } = await openSqlite({ dataDir });
    for (let n = 0; ; n += 10) {
      const users = Array.from({ length: 10 }, (_, k) => someUser(`${own}x${n + k}`));
      const lines = users.map(async (user) => `${(await records.add(userKind, user)).kind} ${user.id}\n`);
      process.stdout.write((await Promise.all(lines)).join(''));
      await nextTurn();
    }
  },
  /** Waits for a word and races for the only record of its kind. */
  async first() {
    const stores = await openSqlite({ dataDir });
    console.log('ready');
    await once(process.stdin, 'data');
    console.log((await stores.records.add(adminsKind, { id: 'admins', members: [own] })).kind);
    await stores.close();
    process.stdin.destroy();
  },
  /** Remembers a user until it hears of a change, and prints what it remembers when it is asked: `user`, or `nothing`. */
  async remember() {
    const stores = await openSqlite({ dataDir });
    const remembered = new Set([own]);
    stores.bus.subscribe(({ kind, id }) => (kind === 'all' ? remembered.clear() : remembered.delete(id)));
    console.log('ready');
    for await (const _ of createInterface(process.stdin)) {
      console.log(stores.bus.healthy && remembered.has(own) ? 'user' : 'nothing');
    }
    await stores.close();
  },
  /** Writes until the disk is full and health says so; prints health before and after. */
  async full() {
    const stores = await openSqlite({ dataDir });
    console.log(JSON.stringify(await stores.health()));
    for (let n = 0; (await stores.health()).every(({ ok }) => ok) && n < 1_000_000; n += 1) {
      const value = 'x'.repeat(n % 2 === 0 ? 60_000 : 10);
      await stores.records.add(factKind, { id: `f${n}`, value }).catch(() => undefined);
    }
    console.log(JSON.stringify(await stores.health()));
    await stores.close();
  },
  /** Holds a new file for longer than the busy timeout. */
  async hold() {
    const database = new DatabaseSync(`${dataDir}/gatewarden.db`);
    database.exec('PRAGMA user_version = 0; BEGIN EXCLUSIVE');
    console.log('held');
    await wait(1500);
    database.exec('ROLLBACK');
    database.close();
  },
};

await parts[does]?.();
