import { setTimeout as wait } from 'node:timers/promises';
import mongoose, { type Connection, type ConnectOptions } from 'mongoose';
import { type Address, addressIn } from './address.ts';
import { reasonOf } from './reasons.ts';

/** How long a server may take, in milliseconds; a URL that says otherwise is obeyed. */
const timing = {
  serverSelectionTimeoutMS: 2_000,
  connectTimeoutMS: 3_000,
  socketTimeoutMS: 5_000,
  waitQueueTimeoutMS: 5_000,
  // How soon a server that hangs, or is back, is noticed.
  heartbeatFrequencyMS: 2_000,
  appName: 'gatewarden',
} as const;

/** What must hold whatever the URL says: what is acknowledged is on disks, and what is read is not of yesterday. */
const firm: ConnectOptions = {
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
};

function optionsFor({ database, options }: Address): ConnectOptions {
  const open = Object.entries(timing).filter(([name]) => !options.has(name.toLowerCase()));
  return { ...Object.fromEntries(open), ...firm, dbName: database };
}

/** Trying again may help with what a network does; never with a wrong password. */
const mayPass = (error: unknown): boolean => error instanceof mongoose.MongooseError || isNetwork(error);

function isNetwork(error: unknown): boolean {
  const { MongoNetworkError, MongoServerSelectionError } = mongoose.mongo;
  return error instanceof MongoNetworkError || error instanceof MongoServerSelectionError;
}

/**
 * Connects, with more patience than later requests find: a server that starts at the same moment is waited for.
 * Rejects with an `Error` that names the hosts and the reason, and no password.
 */
export async function connect(url: string, patience: number): Promise<{ connection: Connection; address: Address }> {
  const address = addressIn(url);
  if (address === undefined)
    throw new Error('the URL of MongoDB is none: it has the form mongodb://host:27017/database');
  const unusable = (error: unknown) =>
    new Error(address.withoutSecrets(`MongoDB at ${address.hosts} cannot be used: ${reasonOf(error)}`));
  const end = Date.now() + patience;
  for (let pause = 100; ; pause = Math.min(pause * 2, 1_000)) {
    try {
      return { connection: await tryConnect(url, address), address };
    } catch (error) {
      if (!mayPass(error) || Date.now() + pause > end) throw unusable(error);
      await wait(pause);
    }
  }
}

/** On an instance of mongoose of its own: an app that uses mongoose, too, neither sees our models nor changes them. */
async function tryConnect(url: string, address: Address): Promise<Connection> {
  const connection = new mongoose.Mongoose().createConnection();
  // An error of the connection is told to whoever asks; without a listener it would end the process.
  connection.on('error', () => undefined);
  try {
    return await connection.openUri(url, optionsFor(address));
  } catch (error) {
    await connection.destroy();
    throw error;
  }
}
