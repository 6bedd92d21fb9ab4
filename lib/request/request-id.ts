import { randomUUID } from 'node:crypto';
import type { RequestHead } from './extract/head.ts';

/** Whether a request id may be passed on and shown. */
export const isRequestId = (value: string): boolean => /^[\w.:/+=@-]{1,128}$/.test(value);

/** The id of a request, by which its line is found in the log: the one that a trusted proxy sent, else a new one. */
export function requestIdOf({ headers }: Pick<RequestHead, 'headers'>, trusted: boolean): string {
  const sent = headers['x-request-id'];
  return trusted && typeof sent === 'string' && isRequestId(sent) ? sent : randomUUID();
}
