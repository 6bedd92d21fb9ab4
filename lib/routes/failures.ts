import { AuthError, type Refusal, StoreUnavailableError } from '../errors.ts';
import { refusalOf } from '../request/respond/outage.ts';

/** Returns the refusal for an error that has one, or undefined for an unexpected error. */
export function failureOf(error: unknown): Refusal | undefined {
  if (error instanceof AuthError) return error.refusal;
  if (error instanceof StoreUnavailableError) return refusalOf(error);
  const status = statusOf(error);
  if (status === 413) return { code: 'payload_too_large' };
  if (status === 415) return { code: 'unsupported_media_type', detail: 'Send the body as it is, in UTF-8.' };
  return status !== undefined && status >= 400 && status < 500 ? unreadable : undefined;
}

const unreadable: Refusal = Object.freeze({
  code: 'validation_failed',
  detail: 'The request could not be read: its path or its body is malformed.',
});

/** body-parser and Express's router put a `status` on errors that the client caused. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}
