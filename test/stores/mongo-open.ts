import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { mongo } from 'mongoose';
import { addressIn } from '../../lib/stores/mongo/address.ts';
import { connect } from '../../lib/stores/mongo/connect.ts';
import { storesOn } from '../../lib/stores/mongo/index.ts';
import { ensureIndexes } from '../../lib/stores/mongo/indexes.ts';
import type { Mongod } from '../support/mongod.ts';

type Raw = { _id: string; [field: string]: unknown };

/** The collections `gatewarden_…` of a database, without the stores. */
export async function rawDatabase(t: TestContext, url: string) {
  const client = await new mongo.MongoClient(url).connect();
  t.after(() => client.close());
  return (name: string) => client.db().collection<Raw>(`gatewarden_${name}`);
}

/** Stores in a database of their own, with its collections, and with every command that was sent to it. */
export async function openWatched(t: TestContext, server: Mongod) {
  const url = server.url(`gatewarden_test_${randomUUID()}`);
  const address = addressIn(url);
  if (address === undefined) throw new Error(`${url} is no URL of MongoDB`);
  const connection = await connect(url, address, { monitorCommands: true });
  const { stores, db } = await storesOn(connection, address);
  t.after(() => stores.close());
  await ensureIndexes(connection, db.collections);
  const commands: Pick<mongo.CommandStartedEvent, 'commandName' | 'command'>[] = [];
  connection.getClient().on('commandStarted', ({ commandName, command }) => commands.push({ commandName, command }));
  const raw = (name: string) => connection.collection<Raw>(`gatewarden_${name}`);
  return { stores, connection, commands, raw, collections: db.collections };
}
