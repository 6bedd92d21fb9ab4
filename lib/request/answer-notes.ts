import type { ServerResponse } from 'node:http';
import type { ErrorCode } from '../errors.ts';

/** What the access log says of an answer of ours. */
export type AnswerNotes = Readonly<{
  /** Who made the request, '' for nobody. */
  user?: string;
  /** Of the client, trusted proxies believed. */
  address?: string;
  /** Of the refusal. */
  code?: ErrorCode;
}>;

const notesByResponse = new WeakMap<ServerResponse, AnswerNotes>();

/** Notes something of an answer for whoever logs it; what was noted before stays. */
export function noteAnswer(res: ServerResponse, notes: AnswerNotes): void {
  notesByResponse.set(res, { ...notesByResponse.get(res), ...notes });
}

/** What was noted of an answer. */
export const answerNotes = (res: ServerResponse): AnswerNotes => notesByResponse.get(res) ?? {};
