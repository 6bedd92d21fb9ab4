import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { anAdmin, aUser } from '../../lib/stores/suites/records.ts';

/** Another process on the same data directory: `node child.ts <what it does> <data directory> <its own name>`. */
const [does = '', dataDir = '', own = ''] = process.argv.slice(2);

const parts: Record<string, () => Promise<void>> = {
  /** Adds users and prints each answer and id, until it is killed. */
  async insert() {
    const { users } = await openSqlite({ dataDir });
    for (let n = 0; ; n += 10) {
      const added = Array.from({ length: 10 }, (_, k) => aUser(`${own}x${n + k}`));
      const answers = await Promise.all(added.map(async (user) => `${await users.insert(user)} ${user.id}\n`));
      process.stdout.write(answers.join(''));
      await nextTurn();
    }
  },
  /** Waits for a word and races for the first admin. */
  async first() {
    const stores = await openSqlite({ dataDir });
    console.log('ready');
    await once(process.stdin, 'data');
    console.log(await stores.users.insertFirstAdmin(anAdmin(`admin${own}`)));
    await stores.close();
    process.stdin.destroy();
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
