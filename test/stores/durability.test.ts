import { equal } from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { endedSessionKind } from '../../lib/stores/records/kinds/ended-session.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { storesIn } from '../../lib/stores/sqlite/index.ts';
import { migrate } from '../../lib/stores/sqlite/migrations.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import { someEnded, someToken, someUser } from '../../lib/stores/suites/record-samples.ts';
import { anEvent, aSession, start } from '../../lib/stores/suites/records.ts';

const ada = someUser('ada');
const put = () => ({ kind: 'put', record: { ...ada, epoch: 1 }, answer: undefined }) as const;

const verbs: [what: string, waits: 'full' | 'normal', verb: (stores: Stores) => Promise<unknown>][] = [
  ['a new record', 'full', ({ records }) => records.add(userKind, ada)],
  ['each of many new records', 'full', ({ records }) => records.addMany(apiTokenKind, [someToken('ci')])],
  ['a changed record', 'full', ({ records }) => records.change(userKind, ada.id, put)],
  ['a record put by its key', 'full', ({ records }) => records.put(userKind, 'name', 'ada', put)],
  ['the note of an ended session', 'full', ({ records }) => records.add(endedSessionKind, someEnded('s1', 9))],
  ['the end of all that an owner had', 'full', ({ records }) => records.removeAll(apiTokenKind, 'u_ada')],
  ['a last use', 'normal', ({ records }) => records.note(userKind, ada.id, start)],
  ['the end of what has expired', 'normal', ({ records }) => records.sweep(endedSessionKind, 10)],
  ['a new session', 'normal', ({ sessions }) => sessions.create(aSession('s1'))],
  ['a session’s data', 'normal', ({ sessions }) => sessions.saveData('s1', '{}')],
  ['a session’s last use', 'normal', ({ sessions }) => sessions.touch('s1', start, start + 1)],
  ['an ended session', 'full', ({ sessions }) => sessions.end('s1')],
  ['all sessions of a user, which the epoch refuses', 'normal', ({ sessions }) => sessions.endAllOf('u_ada')],
  ['an attempt', 'normal', ({ attempts }) => attempts.hit('ada', 1000)],
  ['a known address', 'normal', ({ attempts }) => attempts.rememberAddress('ada', '192.0.2.1', start)],
  ['the audit record of something done', 'full', ({ audit }) => audit.append([anEvent(1)])],
  ['the audit record of something refused', 'normal', ({ audit }) => audit.append([anEvent(1, { outcome: 'no' })])],
];

const settings = { full: 2, normal: 1 } as const;

for (const [what, waits, verb] of verbs) {
  test(`${what} is ${waits === 'full' ? 'on the disk' : 'written, not yet forced to the disk,'} when it is acknowledged`, async () => {
    const database = new DatabaseSync(':memory:');
    migrate(database);
    database.exec(`PRAGMA synchronous = ${waits === 'full' ? 'NORMAL' : 'FULL'}`);
    await verb(storesIn(database, undefined).stores);
    equal(database.prepare('PRAGMA synchronous').get()?.synchronous, settings[waits]);
  });
}
