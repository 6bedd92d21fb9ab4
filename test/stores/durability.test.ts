import { equal } from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { storesIn } from '../../lib/stores/sqlite/index.ts';
import { migrate } from '../../lib/stores/sqlite/migrations.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import {
  aKey,
  anAdmin,
  anEvent,
  aRefreshToken,
  aSession,
  aToken,
  aUser,
  start,
} from '../../lib/stores/suites/records.ts';

const verbs: [what: string, waits: 'full' | 'normal', verb: (stores: Stores) => Promise<unknown>][] = [
  ['a new user', 'full', ({ users }) => users.insert(aUser('ada'))],
  ['the first admin', 'full', ({ users }) => users.insertFirstAdmin(anAdmin('ada'))],
  ['a changed user', 'full', ({ users }) => users.update('u_ada', { endAll: true }, start)],
  ['a better hash', 'full', ({ users }) => users.rehash('u_ada', 'a', 'b')],
  ['a removed user', 'full', ({ users }) => users.remove('u_ada', start)],
  ['a last sign-in', 'normal', ({ users }) => users.signedIn('u_ada', start)],
  ['a new session', 'normal', ({ sessions }) => sessions.create(aSession('s1'))],
  ['a session’s data', 'normal', ({ sessions }) => sessions.saveData('s1', '{}')],
  ['a session’s last use', 'normal', ({ sessions }) => sessions.touch('s1', start, start + 1)],
  ['an ended session', 'full', ({ sessions }) => sessions.end('s1')],
  ['all ended sessions of a user', 'full', ({ sessions }) => sessions.endAllOf('u_ada')],
  ['a new API token', 'full', ({ tokens }) => tokens.create(aToken('ci'))],
  ['a removed API token', 'full', ({ tokens }) => tokens.remove('u_ada', 'ci')],
  ['all removed API tokens of a user', 'full', ({ tokens }) => tokens.removeAllOf('u_ada')],
  ['an API token’s last use', 'normal', ({ tokens }) => tokens.touch('t_ci', start)],
  ['a new refresh token', 'full', ({ refreshTokens }) => refreshTokens.create(aRefreshToken('r1'))],
  ['a rotation', 'full', ({ refreshTokens }) => refreshTokens.rotate('r1', aRefreshToken('r2'), start)],
  ['an ended family', 'full', ({ refreshTokens }) => refreshTokens.endFamily('s1')],
  ['a signing key', 'full', ({ keys }) => keys.add(aKey('k1'), undefined)],
  ['a removed signing key', 'full', ({ keys }) => keys.remove('k1')],
  ['a fact', 'full', ({ facts }) => facts.putIfAbsent('id', '1')],
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
