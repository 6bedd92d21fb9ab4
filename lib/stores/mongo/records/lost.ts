import mongoose, { type mongo } from 'mongoose';
import { saysBroken } from '../database.ts';

const networkErrors = (): readonly (typeof mongo.MongoError)[] => [
  mongoose.mongo.MongoNetworkError,
  mongoose.mongo.MongoNetworkTimeoutError,
];

/** Whether the answer to a write was lost: the server may have executed it, or may still do so. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof mongoose.mongo.MongoError && error.hasErrorLabel('RetryableWriteError')) return true;
  return networkErrors().some((type) => error instanceof type) || saysBroken(error);
}
