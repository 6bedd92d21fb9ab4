import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { type MongoStores, openMongo } from '../../lib/stores/mongo/index.ts';
import type { Records } from '../../lib/stores/records/records.ts';
import { anyMongod, type Mongod } from './mongod.ts';

/** Records in a MongoDB database of their own, which is there while the tests of a file run. To be called at its top. */
export function mongoRecords(): () => Records {
  let server: Mongod;
  let stores: MongoStores;
  before(async () => {
    server = await anyMongod();
    stores = await openMongo({ url: server.url(`gatewarden_test_${randomUUID()}`) });
  });
  after(async () => {
    await stores.close();
    await server.stop();
  });
  return () => stores.records;
}
