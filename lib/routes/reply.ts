import { ok, type Refusal, type Result } from '../errors.ts';
import { htmlContentType, mediaTypes } from '../request/respond/media-types.ts';
import type { Answer } from '../request/respond/write.ts';

type Headers = Answer['headers'];

/** Makes a JSON answer. */
export const json = (status: number, value: unknown, headers: Headers = {}): Result<Answer> =>
  ok({
    status,
    headers: { 'Content-Type': `${mediaTypes.json}; charset=utf-8`, ...headers },
    body: JSON.stringify(value),
  });

/** Makes an HTML answer. */
export const html = (status: number, page: string, headers: Headers = {}): Result<Answer> =>
  ok({ status, headers: { 'Content-Type': htmlContentType, ...headers }, body: page });

/** Makes a 204 answer. */
export const noContent = (headers: Headers = {}): Result<Answer> => ok({ status: 204, headers, body: '' });

/** Makes a 303 redirect. `path` is used as it is: check a path that a client sent with `returnTo` first. */
export const seeOther = (path: string, headers: Headers = {}): Result<Answer> =>
  ok({ status: 303, headers: { Location: path, ...headers }, body: '' });

/** The `Retry-After` header of a refusal that has a waiting time. */
export const retryAfter = ({ retryAfter: seconds }: Refusal): Headers =>
  seconds === undefined ? {} : { 'Retry-After': String(seconds) };
