import mongoose from 'mongoose';

const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  ECONNRESET: 'the connection was cut',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
};

/** By the codes of the server: AuthenticationFailed, and what Atlas says instead; Unauthorized; index conflicts; duplicates. */
const serverCodes: Readonly<Record<number, string>> = {
  18: 'the user or the password is not right',
  8000: 'the user or the password is not right',
  13: 'the user may not do what is needed: it must read and write the database, and make indexes',
};

/** The errors below this one, the last cause first. */
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

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

/** Why it did not work, in words that name no address. */
export function problemOf(error: unknown): string {
  const causes = causesOf(error);
  const server = causes.find((one) => one instanceof mongoose.mongo.MongoServerError);
  if (server !== undefined) return serverCodes[Number(codeOf(server))] ?? `it refuses (${codeOf(server) || 'no code'})`;
  const known = causes.map((one) => codes[codeOf(one)]).find((text) => text !== undefined);
  return known ?? 'it does not answer';
}

/** The same for who starts it, with the words of the driver where there are no better ones. */
export function reasonOf(error: unknown): string {
  const problem = problemOf(error);
  const [first] = causesOf(error);
  const known = [...Object.values(codes), ...Object.values(serverCodes)].includes(problem);
  return known || first === undefined ? problem : first.message;
}
