import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import { type MongoStores, openMongo } from '../../lib/stores/mongo/index.ts';
import {
  describeApiTokenStore,
  describeAuditStore,
  describeFactStore,
  describeKeyStore,
  describeRecords,
  describeRefreshTokenStore,
  describeTransferStore,
  describeUserStore,
  type Open,
} from '../../lib/stores/suites/index.ts';
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
describeUserStore(
  'MongoDB',
  part(({ users }) => users),
);
describeApiTokenStore(
  'MongoDB',
  part(({ tokens }) => tokens),
);
describeRefreshTokenStore(
  'MongoDB',
  part(({ refreshTokens }) => refreshTokens),
);
describeKeyStore(
  'MongoDB',
  part(({ keys }) => keys),
);
describeFactStore(
  'MongoDB',
  part(({ facts }) => facts),
);
describeAuditStore(
  'MongoDB',
  part(({ audit }) => audit),
);

describeTransferStore(
  'MongoDB',
  part((stores) => stores),
);
