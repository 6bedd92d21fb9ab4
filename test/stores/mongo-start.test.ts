import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import test, { after, before } from 'node:test';
import { addressIn } from '../../lib/stores/mongo/address.ts';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';

const refusals: [what: string, url: string, message: RegExp][] = [
  [
    'a port where nobody listens',
    'mongodb://ada:s3cr%2Fet@127.0.0.1:1/gate',
    /^MongoDB at 127\.0\.0\.1:1 cannot be used: the connection was refused$/,
  ],
  [
    'a host that is not there',
    'mongodb://ada:s3cr%2Fet@one.invalid,two.invalid:27018/gate?replicaSet=rs',
    /^MongoDB at one\.invalid,two\.invalid:27018 cannot be used: (there is no such host|the name of the host cannot)/,
  ],
  [
    'an option that the driver does not know',
    'mongodb://ada:s3cr%2Fet@127.0.0.1:1/gate?nosuch=1',
    /^MongoDB at 127\.0\.0\.1:1 cannot be used: option nosuch is not supported$/,
  ],
  ['a password that is not escaped', 'mongodb://ada:s3cr/et@127.0.0.1:1/gate', /^the URL of MongoDB is none/],
  ['one that looks like a port', 'mongodb://ada:12/34@127.0.0.1:1/gate', /^the URL of MongoDB is none/],
  ['one that looks like options', 'mongodb://ada:12?34@127.0.0.1:1/gate', /^the URL of MongoDB is none/],
  ['another protocol', 'https://ada:s3cr%2Fet@127.0.0.1/gate', /^the URL of MongoDB is none/],
];

for (const [what, url, message] of refusals) {
  test(`the start fails with ${what}, and says so without name and password`, async () => {
    await rejects(openMongo({ url, patience: 0 }), (error: Error) => {
      match(error.message, message);
      for (const secret of ['s3cr', 'ada', '34']) equal(error.message.includes(secret), false);
      return true;
    });
  });
}

test('a server that never answers is given up within a bound', async (t) => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const began = Date.now();
  await rejects(openMongo({ url: `mongodb://127.0.0.1:${port}/gate`, patience: 0 }), /cannot be used/);
  ok(Date.now() - began < 10_000);
});

test('the database is called gatewarden where the URL names none', () => {
  const named = (url: string) => {
    const { hosts, database } = addressIn(url) ?? {};
    return [hosts, database];
  };
  deepEqual(named('mongodb://a.example'), ['a.example', 'gatewarden']);
  deepEqual(named('mongodb://a.example:1,b.example/?replicaSet=r'), ['a.example:1,b.example', 'gatewarden']);
  deepEqual(named('mongodb+srv://u:p@c.example/site?w=1'), ['c.example', 'site']);
  deepEqual(named('mongodb://[::1]:27017/site'), ['[::1]:27017', 'site']);
});

let server: Mongod;
before(async () => {
  server = await anyMongod();
});
after(() => server.stop());

test('ten instances that start at once on an empty database all come up', async (t) => {
  const url = server.url(`gatewarden_test_${process.pid}_many`);
  const all = await Promise.all(Array.from({ length: 10 }, () => openMongo({ url })));
  t.after(() => Promise.all(all.map((stores) => stores.close())));
  for (const stores of all) deepEqual(await stores.health(), [{ store: 'mongodb', ok: true }]);
});

test('it is said where users are kept, without the password', async (t) => {
  const database = `gatewarden_test_${process.pid}_where`;
  const stores = await openMongo({ url: server.url(database) });
  t.after(() => stores.close());
  match(stores.describe().users ?? '', new RegExp(`^mongodb \\([^@]+/${database}\\)$`));
});

test('closed stores say that they are, and may be closed twice', async () => {
  const stores = await openMongo({ url: server.url(`gatewarden_test_${process.pid}_closed`) });
  await stores.close();
  await stores.close();
  deepEqual(await stores.health(), [{ store: 'mongodb', ok: false, problem: 'it does not answer' }]);
  await rejects(stores.records.get(userKind, 'u_ada'), { name: 'StoreUnavailableError', store: 'mongodb' });
});
