import type { Refusal } from 'gatewarden';

const silent = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

// What undici refuses to put on the wire: the request was at fault, not the upstream.
const unsendable = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

/** The stable part of a failure of the upstream, for the log: never a message, which may quote what was sent. */
export function failureCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

/** What a client is told when the upstream gave no answer: 504 when it was silent, 502 otherwise, 400 when nothing could be sent. */
export function upstreamRefusal(error: unknown): Refusal {
  const code = failureCode(error);
  if (silent.has(code)) return { code: 'upstream_timeout' };
  if (unsendable.has(code)) return { code: 'validation_failed', detail: 'The request cannot be passed on as it is.' };
  return { code: 'upstream_unreachable' };
}
