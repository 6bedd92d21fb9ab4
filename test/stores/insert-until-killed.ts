import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { anAdmin, aUser } from '../../lib/stores/suites/records.ts';

/** Run as a process: `insert` adds users and prints each acknowledged id until it is killed; `first` races for the first admin. */
const [mode = 'insert', dataDir = '', own = ''] = process.argv.slice(2);
const stores = await openSqlite({ dataDir });

async function insertForever(): Promise<never> {
  for (let round = 0; ; round += 1) {
    const added = await Promise.all(Array.from({ length: 10 }, (_, n) => add(`${own}x${round * 10 + n}`)));
    process.stdout.write(added.map((id) => `${id}\n`).join(''));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function add(name: string): Promise<string> {
  const user = aUser(name);
  const answer = await stores.users.insert(user);
  return `${answer} ${user.id}`;
}

if (mode === 'first') {
  console.log('ready');
  process.stdin.once('data', async () => {
    console.log(await stores.users.insertFirstAdmin(anAdmin(`admin${own}`)));
    await stores.close();
    process.exit(0);
  });
} else {
  await insertForever();
}
