import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { removeRefused } from '../../lib/services/refused-sessions.ts';
import { epochRaised } from '../../lib/services/user-epoch.ts';
import { refreshFamilyKind } from '../../lib/stores/records/kinds/refresh-family.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { someUser } from '../../lib/stores/suites/record-samples.ts';
import { aSession, minute, start } from '../../lib/stores/suites/records.ts';

const family = (id: string) => ({
  ...{ id, userId: 'u_ada', handle: `h ${id}`, hash: id, rotatedAt: 1, createdAt: 1, expiresAt: start + minute },
  pace: { since: 1, count: 0 },
});

async function opened(...sessions: readonly (readonly [id: string, epoch: number])[]) {
  const stores = await openSqlite({ memory: true, now: () => start });
  for (const [id, epoch] of sessions) {
    await stores.sessions.create(aSession(id, { epoch, kind: 'api' }));
    await stores.records.add(refreshFamilyKind, family(id));
  }
  const left = async () => ({
    sessions: (await stores.sessions.listOf('u_ada', start, { limit: 10 })).items.map(({ id }) => id).sort(),
    families: (await stores.records.list(refreshFamilyKind, { limit: 10 })).items.map(({ id }) => id).sort(),
  });
  return { stores, left };
}

test('what was begun after the epoch was raised stays, with its refresh tokens', async () => {
  const { stores, left } = await opened(['before', 0], ['since', 1]);
  await removeRefused(stores, epochRaised(someUser('Ada'), undefined, start));
  deepEqual(await left(), { sessions: ['since'], families: ['since'] });
});

test('the session that was kept stays, with its refresh tokens', async () => {
  const { stores, left } = await opened(['before', 0], ['kept', 0]);
  await removeRefused(stores, epochRaised(someUser('Ada'), { id: 'kept', epoch: 0 }, start));
  deepEqual(await left(), { sessions: ['kept'], families: ['kept'] });
});

test('a session that got a new id stays for a minute, so that requests with its cookie can be told from others', async () => {
  const { stores } = await opened(['old', 0], ['new', 1]);
  await removeRefused(stores, epochRaised(someUser('Ada'), { id: 'old', epoch: 0, newId: 'new' }, start));
  equal((await stores.sessions.find('old', start + minute - 1))?.id, 'old');
  equal(await stores.sessions.find('old', start + minute), undefined);
  equal((await stores.sessions.find('new', start + minute))?.id, 'new');
});

test('a session that an earlier raise had kept goes with the next one', async () => {
  const { stores, left } = await opened(['kept', 0]);
  const once = epochRaised(someUser('Ada'), { id: 'kept', epoch: 0 }, start);
  await removeRefused(stores, epochRaised(once, undefined, start));
  deepEqual(await left(), { sessions: [], families: [] });
});
