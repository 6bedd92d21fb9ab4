import type { Refusal } from 'gatewarden';

const silent = new Set([
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
  'HEADERS_TIMEOUT',
  'CONNECT_TIMEOUT',
]);

// Errors of requests that are refused before they are sent: the request is at fault, not the upstream.
const unsendable = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  'UNSENDABLE',
]);

// Errors of invalid answers: framed in two ways, too large, or unexpected.
const invalid = new Set([
  'HTTPParserError',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'INVALID_ANSWER',
  'ERR_HTTP2_ERROR',
]);

/** A well-formed answer of the upstream that cannot be passed on. */
export class InvalidAnswerError extends Error {
  override readonly name = 'InvalidAnswerError';
  readonly code = 'INVALID_ANSWER';
}

/** The client went away, or stopped sending, in the middle of its request: no failure of the upstream. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
  readonly code = 'CLIENT_GONE';
}

/** A request that HTTP/2 has no form for. */
export class UnsendableError extends Error {
  override readonly name = 'UnsendableError';
  readonly code = 'UNSENDABLE';
}

/** An HTTP/2 service could not be connected to in time. */
export class ConnectTimeoutError extends Error {
  override readonly name = 'ConnectTimeoutError';
  readonly code = 'CONNECT_TIMEOUT';
}

/** An HTTP/2 service did not begin its answer in time. */
export class HeadersTimeoutError extends Error {
  override readonly name = 'HeadersTimeoutError';
  readonly code = 'HEADERS_TIMEOUT';
}

/** An HTTP/2 service reset the stream of a request (RFC 9113, 7), or its connection ended. */
export class StreamResetError extends Error {
  override readonly name = 'StreamResetError';
  readonly code: string;

  constructor(code: number) {
    super('the stream was reset');
    this.code = `RST_STREAM_${code}`;
  }
}

/** The code of an upstream failure, for the log. Not its message, which may quote the request. */
export function failureCode(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** `HPE_…` codes are the parser's; "bad upgrade" is undici's error for an unexpected 101. */
const isInvalid = (code: string, error: unknown): boolean =>
  invalid.has(code) ||
  code.startsWith('HPE_') ||
  (code === 'UND_ERR_SOCKET' && error instanceof Error && error.message === 'bad upgrade');

/** Whether a failure is the upstream's: not of a request that cannot be sent. */
export const isOfUpstream = (error: unknown): boolean => !unsendable.has(failureCode(error));

/**
 * The refusal when the upstream gave no answer: 504 when it was silent, else 502 (`upstream_invalid` when the answer is not
 * valid HTTP), 400 when the request could not be sent.
 */
export function upstreamRefusal(error: unknown): Refusal {
  const code = failureCode(error);
  if (silent.has(code)) return { code: 'upstream_timeout' };
  if (unsendable.has(code)) return { code: 'validation_failed', detail: 'The request cannot be passed on as it is.' };
  return { code: isInvalid(code, error) ? 'upstream_invalid' : 'upstream_unreachable' };
}
