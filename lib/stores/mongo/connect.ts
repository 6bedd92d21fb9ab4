import mongoose, { type Connection, type ConnectOptions } from 'mongoose';
import type { Address } from './address.ts';

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

/**
 * One connection, on an instance of mongoose of its own: an app that uses mongoose, too, neither sees our models nor changes
 * how they work. Rejects with an error of the driver.
 */
export async function connect(url: string, address: Address, more: ConnectOptions = {}): Promise<Connection> {
  const connection = new mongoose.Mongoose().createConnection();
  // An error of the connection is told to whoever asks; without a listener it would end the process.
  connection.on('error', () => undefined);
  try {
    return await connection.openUri(url, { ...optionsFor(address), ...more });
  } catch (error) {
    await connection.destroy();
    throw error;
  }
}
