import { ok, type Refusal, type Result } from '../errors.ts';
import { htmlContentType, mediaTypes } from '../request/respond/media-types.ts';
import type { Answer } from '../request/respond/write.ts';

type Headers = Answer['headers'];

/** An answer in JSON. */
export const json = (status: number, value: unknown, headers: Headers = {}): Result<Answer> =>
  ok({
    status,
    headers: { 'Content-Type': `${mediaTypes.json}; charset=utf-8`, ...headers },
    body: JSON.stringify(value),
  });

/** A page. */
export const html = (status: number, page: string, headers: Headers = {}): Result<Answer> =>
  ok({ status, headers: { 'Content-Type': htmlContentType, ...headers }, body: page });

/** 204: done, nothing to say. */
export const noContent = (headers: Headers = {}): Result<Answer> => ok({ status: 204, headers, body: '' });

/** 303 to a path of ours; never give it what a client sent unchecked. */
export const seeOther = (path: string, headers: Headers = {}): Result<Answer> =>
  ok({ status: 303, headers: { Location: path, ...headers }, body: '' });

/** `Retry-After`, where a refusal says how long to wait. */
export const retryAfter = ({ retryAfter: seconds }: Refusal): Headers =>
  seconds === undefined ? {} : { 'Retry-After': String(seconds) };
