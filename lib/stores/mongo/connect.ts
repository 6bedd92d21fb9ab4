import mongoose, { type Connection, type ConnectOptions } from 'mongoose';
import type { Address } from './address.ts';

/** Timeouts in milliseconds. The URL can override each. */
const timing = {
  serverSelectionTimeoutMS: 2_000,
  connectTimeoutMS: 3_000,
  socketTimeoutMS: 5_000,
  waitQueueTimeoutMS: 5_000,
  appName: 'gatewarden',
} as const;

/** How often each server is asked whether it is there: how soon one that hangs, or has come back, is noticed. */
const heartbeat = 1_000;

/** Options that the URL cannot override: acknowledged writes are on disk, and reads are not stale. */
const firm: ConnectOptions = {
  // By both names: what a URL says of the journal is kept as `j`, which the driver prefers.
  writeConcern: { w: 'majority', journal: true, j: true },
  readPreference: 'primary',
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
  heartbeatFrequencyMS: heartbeat,
  // No heartbeat out of turn. The driver would send one at the moment when a server closes its connections; written into a
  // socket that is just closing it never ends, and no other one follows: the server would not be found again.
  minHeartbeatFrequencyMS: heartbeat,
};

function optionsFor({ database, options }: Address): ConnectOptions {
  const open = Object.entries(timing).filter(([name]) => !options.has(name.toLowerCase()));
  return { ...Object.fromEntries(open), ...firm, dbName: database };
}

/**
 * Opens a connection on a mongoose instance of its own, so that an app that uses mongoose shares neither models nor settings
 * with it. Rejects with an error of the driver.
 */
export async function connect(url: string, address: Address, more: ConnectOptions = {}): Promise<Connection> {
  const connection = new mongoose.Mongoose().createConnection();
  // Every verb reports a lost connection. Without a listener the event would end the process.
  connection.on('error', () => undefined);
  try {
    return await connection.openUri(url, { ...optionsFor(address), ...more });
  } catch (error) {
    await connection.destroy();
    throw error;
  }
}

/** Runs work on a connection of its own that waits for answers without limit, whatever the URL says. */
export async function withPatience(
  url: string,
  address: Address,
  work: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connection = await connect(url, address, { socketTimeoutMS: 0 });
  try {
    await work(connection);
  } finally {
    await connection.destroy();
  }
}
