import { performance } from 'node:perf_hooks';
import type { Connection } from 'mongoose';
import mongoose from 'mongoose';

const interval = 10_000;
const samplesAtOnce = 3;

/** The server's clock, as this process knows it. */
export interface ServerClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Asks the server again. Rejects when it does not answer. */
  sample(): Promise<void>;
}

type Sample = Readonly<{ offset: number; roundTrip: number }>;

/** What the server's clock shows, less what the monotonic clock of this process shows half way through the round trip. */
async function sampleOf(connection: Connection): Promise<Sample> {
  if (connection.db === undefined) throw new mongoose.MongooseError('the connection is closed');
  const asked = performance.now();
  const { localTime } = await connection.db.command({ hello: 1 });
  const roundTrip = performance.now() - asked;
  if (!(localTime instanceof Date)) throw new mongoose.MongooseError('the server does not tell its time');
  return { offset: localTime.getTime() - (asked + roundTrip / 2), roundTrip };
}

/** Of some samples the one with the shortest round trip, since it is the most exact one. */
async function bestSample(connection: Connection): Promise<Sample> {
  let best = await sampleOf(connection);
  for (let more = 1; more < samplesAtOnce; more += 1) {
    const next = await sampleOf(connection);
    if (next.roundTrip < best.roundTrip) best = next;
  }
  return best;
}

/**
 * Samples the server's clock, now and every ten seconds until the connection closes. In between the monotonic clock of this
 * process counts, so that a wrong or changed clock of this machine has no effect. Rejects when the server does not answer.
 */
export async function serverClock(connection: Connection): Promise<ServerClock> {
  let { offset } = await bestSample(connection);
  const sample = async () => {
    ({ offset } = await bestSample(connection));
  };
  // While the server does not answer, the last sample counts.
  const timer = setInterval(() => void sample().catch(() => undefined), interval).unref();
  connection.once('close', () => clearInterval(timer));
  return { now: () => Math.round(performance.now() + offset), sample };
}
