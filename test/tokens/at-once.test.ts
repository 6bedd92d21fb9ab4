import { equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultOfToken, standingOfToken } from '../../lib/services/standing.ts';
import { apiTokenKind } from '../../lib/stores/records/kinds/api-token.ts';
import { refreshFamilyKind } from '../../lib/stores/records/kinds/refresh-family.ts';
import { mongoRecords } from '../support/mongo-records.ts';
import { caller, codeOf, granted, openTokens } from './open.ts';

const onMongo = mongoRecords();

type Opened = Awaited<ReturnType<typeof openTokens>>;

const engines: readonly (readonly [engine: string, open: () => Promise<Opened>])[] = [
  ['SQLite', () => openTokens()],
  ['MongoDB', () => openTokens('EdDSA', onMongo())],
];

/** Makes, revokes and ends all of one name, over and over; returns the ids that were acknowledged. */
async function fightOver(name: string, { tokens, edit }: Opened): Promise<readonly string[]> {
  const made: string[] = [];
  async function maker(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      const result = await tokens.create('operator', { name });
      if (result.ok) made.push(result.value.view.id);
      else ok(['conflict', 'token_revoked'].includes(result.refusal.code));
    }
  }
  async function ender(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      const result = await tokens.revoke('operator', name);
      if (!result.ok) equal(result.refusal.code, 'not_found');
    }
  }
  async function raiser(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      await edit('operator', ({ tokenEpoch }) => ({ tokenEpoch: tokenEpoch + 1 }));
    }
  }
  await Promise.all([...Array.from({ length: 32 }, (_, at) => (at % 2 ? ender() : maker())), raiser()]);
  return made;
}

for (const [engine, open] of engines) {
  describe(`at once on ${engine}`, () => {
    it('32 make and revoke one name while all is ended: no acknowledged token dies but by these', async () => {
      const opened = await open();
      const { tokens, records, published, time, user } = opened;
      const made = await fightOver('ci', opened);
      const { tokenEpoch } = await user('operator');
      const alive = (await tokens.list('operator')).items.map(({ id }) => id);
      ok(alive.length <= 1);
      const revoked = new Set(published.map(({ id }) => id));
      for (const id of made) {
        const token = await records.get(apiTokenKind, id);
        // Every other one ended by a revocation, which tells it, or by the epoch.
        ok(alive.includes(id) || revoked.has(id) || token?.epoch !== tokenEpoch);
        const fault = faultOfToken(token, token && (await standingOfToken(records, token)), time.now);
        equal(fault, alive.includes(id) ? undefined : 'token_revoked');
      }
      if (alive.length > 0) granted(await tokens.revoke('operator', 'ci'));
      equal(codeOf(await tokens.create('operator', { name: 'ci' })), 'ok');
    });

    it('one of 32 makes a name, and one of 32 is recorded that revokes it', async () => {
      const { tokens, events } = await open();
      const many = <T>(one: () => Promise<T>) => Promise.all(Array.from({ length: 32 }, one));
      const made = await many(() => tokens.create('user', { name: 'one' }));
      equal(made.filter((result) => result.ok).length, 1);
      const revoked = await many(() => tokens.revoke('user', 'one'));
      equal(revoked.filter((result) => result.ok).length, 32);
      equal(events.filter(({ event }) => event === 'token.revoked').length, 1);
    });

    it('a refresh token is spent once by 32, and its family stays one record that goes on', async () => {
      const { access, user, records } = await open();
      const { sessionId, refreshToken = '' } = await access.signIn(await user('user'), caller);
      const results = await Promise.all(Array.from({ length: 32 }, () => access.refresh(refreshToken, caller)));
      const next = results.flatMap((result) => (result.ok ? [result.value] : []));
      equal(next.length, 1);
      ok(await records.get(refreshFamilyKind, sessionId));
      equal(codeOf(await access.refresh(next[0]?.refreshToken ?? '', caller)), 'ok');
    });
  });
}
