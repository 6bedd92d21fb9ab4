import type { ServerResponse } from 'node:http';
import type { ErrorCode } from '../errors.ts';

/** Fields of the access log that only the code that answers knows. */
export type AnswerNotes = Readonly<{
  /** Username of the principal, '' when anonymous. */
  user?: string;
  /** The client's address, as trusted proxies report it. */
  address?: string;
  /** The code of the refusal. */
  code?: ErrorCode;
}>;

const notesByResponse = new WeakMap<ServerResponse, AnswerNotes>();

/** Adds notes to an answer for the access log; earlier notes are kept. */
export function noteAnswer(res: ServerResponse, notes: AnswerNotes): void {
  notesByResponse.set(res, { ...notesByResponse.get(res), ...notes });
}

/** The notes of an answer. */
export const answerNotes = (res: ServerResponse): AnswerNotes => notesByResponse.get(res) ?? {};
