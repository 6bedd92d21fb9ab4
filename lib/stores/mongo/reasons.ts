import mongoose from 'mongoose';
import { saysBroken } from './database.ts';

const ofSystem: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

/** By the server's codes, and what Atlas says instead of 18; none of them passes by waiting. */
const ofServer: Readonly<Record<string, string>> = {
  18: 'the user or the password is not right',
  8000: 'the user or the password is not right',
  13: 'the user may not do what is needed: read and write the database, and make indexes',
  85: 'there is an index of another kind in the place of one of ours',
  86: 'there is an index of another kind in the place of one of ours',
  11000: 'what is stored there breaks the uniqueness of our indexes',
};

/** The errors below this one and itself, the first cause first. */
function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  return [...causesOf(error.cause), ...serversOf(error).flatMap(causesOf), error];
}

/** What each server of a set said, where none could be chosen. */
function serversOf(error: Error): unknown[] {
  const reason = 'reason' in error ? error.reason : undefined;
  if (typeof reason !== 'object' || reason === null || !('servers' in reason)) return [];
  return reason.servers instanceof Map ? [...reason.servers.values()].map((server) => server.error) : [];
}

function wordsFor(error: unknown, table: Readonly<Record<string, string>>): string | undefined {
  return causesOf(error)
    .map((cause) => ('code' in cause ? table[String(cause.code)] : undefined))
    .find((words) => words !== undefined);
}

/** Why it did not work, in words that name no address. */
export function problemOf(error: unknown): string {
  return wordsFor(error, ofServer) ?? wordsFor(error, ofSystem) ?? 'it does not answer';
}

/** The same for whoever starts it: with the words of the driver where there are no better ones. */
export function reasonOf(error: unknown): string {
  const [first] = causesOf(error);
  return wordsFor(error, ofServer) ?? wordsFor(error, ofSystem) ?? first?.message ?? 'it does not answer';
}

/** Whether trying again may help: with what a network or a server that starts does, not with a wrong password or option. */
export function mayPass(error: unknown): boolean {
  if (wordsFor(error, ofServer) !== undefined) return false;
  const { MongoNetworkError, MongoServerError, MongoServerSelectionError } = mongoose.mongo;
  return causesOf(error).some(
    (cause) =>
      cause instanceof MongoNetworkError ||
      cause instanceof MongoServerSelectionError ||
      cause instanceof mongoose.Error.MongooseServerSelectionError ||
      cause instanceof MongoServerError ||
      saysBroken(cause),
  );
}
