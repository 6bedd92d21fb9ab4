import mongoose from 'mongoose';
import { tlsProblems } from '../../net/tls-problems.ts';
import { saysBroken } from './database.ts';

const ofSystem: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ...tlsProblems,
};

/** By the server's codes; 8000 is Atlas's for 18. Waiting helps against none of them. */
const ofServer: Readonly<Record<string, string>> = {
  18: 'the user or the password is not right',
  8000: 'the user or the password is not right',
  13: 'the user may not do what is needed: read and write the database, and make indexes',
  85: 'there is a conflicting index with the same name or keys',
  86: 'there is a conflicting index with the same name or keys',
  11000: 'what is stored there breaks the uniqueness of our indexes',
};

/** By the server's codes, too: these pass by themselves, or when somebody sees to the server. */
const ofState: Readonly<Record<string, string>> = {
  10107: 'it is not the primary, and takes no writes',
  189: 'it is not the primary any more, and takes no writes',
  11602: 'its primary is changing',
  13436: 'it is starting, and takes no writes',
  91: 'it is shutting down',
  14031: 'its disk is full',
};

/** The causes of an error and itself, the first cause first. */
function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  return [...causesOf(error.cause), ...serversOf(error).flatMap(causesOf), error];
}

/** The error of each server of a replica set when none could be selected. */
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

/** The reason of a failure, without an address. */
export function problemOf(error: unknown): string {
  return wordsFor(error, ofServer) ?? wordsFor(error, ofState) ?? wordsFor(error, ofSystem) ?? 'it does not answer';
}

/** The same for the command line: falls back to the driver's message, which may name an address. */
export function reasonOf(error: unknown): string {
  const [first] = causesOf(error);
  return wordsFor(error, ofServer) ?? wordsFor(error, ofSystem) ?? first?.message ?? 'it does not answer';
}

/** Whether a retry may help: after errors of the network or of a starting server, not after a wrong password or option. */
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
