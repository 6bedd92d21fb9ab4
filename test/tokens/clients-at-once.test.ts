import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sha256 } from '../../lib/crypto/digest.ts';
import type { Result } from '../../lib/errors.ts';
import { clientKind } from '../../lib/stores/records/kinds/client.ts';
import { revokedTokenKind } from '../../lib/stores/records/kinds/revoked-token.ts';
import { grantRevoker } from '../../lib/tokens/granting.ts';
import { mongoRecords } from '../support/mongo-records.ts';
import { codeOf, granted, openTokens } from './open.ts';

const onMongo = mongoRecords();

type Opened = Awaited<ReturnType<typeof openTokens>>;

const engines: readonly (readonly [engine: string, open: () => Promise<Opened>])[] = [
  ['SQLite', () => openTokens()],
  ['MongoDB', () => openTokens('EdDSA', onMongo())],
];

const all = <T>(length: number, work: (at: number) => Promise<T>) =>
  Promise.all(Array.from({ length }, (_, at) => work(at)));

for (const [engine, open] of engines) {
  describe(`clients on ${engine}`, () => {
    it('a hundred secrets at once: two are valid, both of them among those that were given', async () => {
      const { clients, records } = await open();
      granted(await clients.create({ clientId: 'many', name: 'x' }));
      const given = await all(100, () => clients.addSecret('many'));
      const hashes = given.map((result) => sha256(granted(result).secret));
      const kept = (await records.get(clientKind, 'client:many'))?.secrets.map(({ hash }) => hash) ?? [];
      equal(new Set(kept).size, 2);
      ok(kept.every((hash) => hashes.includes(hash)));
    });

    it('a hundred secrets at once that end the others: one is valid, and each raised the counters', async () => {
      const { clients, records } = await open();
      granted(await clients.create({ clientId: 'only', name: 'x' }));
      const given = await all(100, () => clients.addSecret('only', { endOthers: true }));
      const record = await records.get(clientKind, 'client:only');
      deepEqual([record?.secrets.length, record?.epoch, record?.rights], [1, 100, 100]);
      ok(given.some((result) => sha256(granted(result).secret) === record?.secrets[0]?.hash));
    });

    it('one id is given once of a hundred, also while it is deleted', async () => {
      const { clients } = await open();
      const made = await all<Result<unknown>>(100, (at) =>
        at % 10 === 9 ? clients.remove('one') : clients.create({ clientId: 'one', name: 'x' }),
      );
      const given = made.filter((result) => result.ok && result.value !== undefined);
      equal(given.length, 1);
      ok(made.filter((result) => !result.ok).every((result) => ['conflict', 'not_found'].includes(codeOf(result))));
    });

    it('a token that is revoked a hundred times at once is noted once, and told each time', async () => {
      const { access, clients, records, published, events, parts } = await open();
      const { view } = granted(await clients.create({ name: 'x' }));
      const record = await records.get(clientKind, `client:${view.clientId}`);
      ok(record);
      const { token, jti } = granted(await access.grant(record, {}));
      const claims = granted(await access.verify(token));
      ok(claims.kind === 'client');
      const revoke = grantRevoker({ ...parts, stores: { records } });
      await all(100, () => revoke(claims));
      equal((await records.get(revokedTokenKind, jti))?.version, 1);
      equal(published.filter(({ kind, id }) => kind === 'session' && id === jti).length, 100);
      equal(events.filter(({ event }) => event === 'token.revoked').length, 1);
    });
  });
}
