import type { Refusal } from 'gatewarden';

const silent = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

// What undici refuses to put on the wire: the request was at fault, not the upstream.
const unsendable = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

// The bytes that came are no answer: framed in two ways, too large, or nothing that anybody asked for.
const invalid = new Set([
  'HTTPParserError',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'INVALID_ANSWER',
]);

/** An answer of the upstream that cannot be passed on, though its bytes could be read. */
export class InvalidAnswerError extends Error {
  override readonly name = 'InvalidAnswerError';
  readonly code = 'INVALID_ANSWER';
}

/** The stable part of a failure of the upstream, for the log: never a message, which may quote what was sent. */
export function failureCode(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** `HPE_…` is the parser's; "bad upgrade" is undici's for a 101 that nobody asked for. */
const isInvalid = (code: string, error: unknown): boolean =>
  invalid.has(code) ||
  code.startsWith('HPE_') ||
  (code === 'UND_ERR_SOCKET' && error instanceof Error && error.message === 'bad upgrade');

/**
 * What a client is told when the upstream gave no answer: 504 when it was silent, 502 otherwise (`upstream_invalid` when what
 * came is no HTTP), 400 when nothing could be sent.
 */
export function upstreamRefusal(error: unknown): Refusal {
  const code = failureCode(error);
  if (silent.has(code)) return { code: 'upstream_timeout' };
  if (unsendable.has(code)) return { code: 'validation_failed', detail: 'The request cannot be passed on as it is.' };
  return { code: isInvalid(code, error) ? 'upstream_invalid' : 'upstream_unreachable' };
}
