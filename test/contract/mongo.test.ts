import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { type MongoStores, openMongo } from '../../lib/stores/mongo/index.ts';
import { describeAuditStore, describeRecords, type Open } from '../../lib/stores/suites/index.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';

let server: Mongod;
before(async () => {
  server = await anyMongod();
});
after(() => server.stop());

/** Stores in a database of their own. */
const part =
  <S>(choose: (stores: MongoStores) => S): Open<S> =>
  async () => {
    const stores = await openMongo({ url: server.url(`gatewarden_test_${randomUUID()}`) });
    return { store: choose(stores), close: () => stores.close() };
  };

describeRecords(
  'MongoDB',
  part(({ records }) => records),
);
describeAuditStore(
  'MongoDB',
  part(({ audit }) => audit),
);
