import type { IncomingHttpHeaders } from 'node:http';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { markFailedWhileKept } from './connector.ts';
import type { Http2Connection } from './http2-connection.ts';
import { answerHeaders, answerLines } from './http2-headers.ts';
import { ClientGoneError, HeadersTimeoutError, InvalidAnswerError, StreamResetError } from './upstream-error.ts';

type Parts = Readonly<{
  handler: Dispatcher.DispatchHandler;
  body: Readable | null;
  /** Milliseconds from the last byte of the request to the head of the answer; 0: no limit. */
  headersTimeout: number;
  /** The answer to HEAD has a length, but no body. */
  isHead: boolean;
}>;

/** Codes of RST_STREAM (RFC 9113, 7); the invalid ones tell that an answer is no valid HTTP/2. */
const noError = 0;
const refused = 7;
const invalidCodes = new Set([1, 3, 6, 9]);
const flagOfEnd = 1;

/** One request on an HTTP/2 stream, for a handler of undici's interface. */
export class Http2Exchange implements Dispatcher.DispatchController {
  rawHeaders: string[] = [];
  /** The connection that the request is assigned to. */
  connection: Http2Connection | undefined;
  reason: Error | null = null;
  readonly #parts: Parts;
  readonly #cancelling = new AbortController();
  #stream: ClientHttp2Stream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #trailers: IncomingHttpHeaders = {};
  /** Bytes of the body that are still to come, by `Content-Length`; NaN without one. */
  #missing = Number.NaN;
  #paused = false;
  #heard = false;
  #done = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get aborted(): boolean {
    return this.reason !== null;
  }

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#stream?.resume();
  }

  /** Resets the stream: the service must not take the request for a complete one, as it would at an end. */
  abort(reason: Error): void {
    if (this.#done || this.aborted) return;
    this.reason = reason;
    this.#cancelling.abort();
    this.#failed(reason);
  }

  /** @throws Error of `node:http2` for headers that cannot be sent */
  send(session: ClientHttp2Session, headers: Record<string, string | string[]>): void {
    const { handler, body } = this.#parts;
    handler.onRequestStart?.(this, null);
    if (this.aborted) return;
    const stream = session.request(headers, { endStream: body === null, signal: this.#cancelling.signal });
    this.#stream = stream;
    stream.on('response', (received, flags, raw) => this.#started(received, flags, raw));
    stream.on('data', (chunk: Buffer) => this.#data(chunk));
    stream.on('trailers', (received) => {
      this.#trailers = answerHeaders(received);
    });
    stream.on('end', () => this.#ended());
    stream.on('error', (error) => this.#failed(this.#failure(error)));
    stream.on('close', () => this.#failed(this.#failure(undefined)));
    if (body === null) this.#limitWait(undefined);
    else this.#upload(stream, body);
  }

  /** Fails the request without a stream, or after its end. */
  fail(error: Error): void {
    this.#failed(error);
  }

  #upload(stream: ClientHttp2Stream, body: Readable): void {
    this.#limitWait(body);
    body.on('data', () => this.#timer?.refresh());
    body.on('end', () => this.#timer?.refresh());
    body.on('error', (error) => this.abort(error));
    body.on('close', () => {
      if (!body.readableEnded) this.abort(new ClientGoneError('the body of the request was broken off'));
    });
    body.pipe(stream);
  }

  /** While it is the client that is slow to send, the time begins anew. */
  #limitWait(body: Readable | undefined): void {
    const { headersTimeout } = this.#parts;
    if (headersTimeout === 0) return;
    this.#timer = setTimeout(() => {
      if (body !== undefined && !body.readableEnded && this.#stream?.writableNeedDrain === false) {
        this.#timer?.refresh();
        return;
      }
      this.connection?.probe();
      this.abort(new HeadersTimeoutError());
    }, headersTimeout).unref();
  }

  #started(received: IncomingHttpHeaders & { ':status'?: number | undefined }, flags: number, raw: unknown): void {
    if (this.#done) return;
    this.#heard = true;
    this.connection?.heard();
    clearTimeout(this.#timer);
    const { handler } = this.#parts;
    const headers = answerHeaders(received);
    this.rawHeaders = answerLines(raw);
    const status = received[':status'] ?? 0;
    const ends = (flags & flagOfEnd) !== 0;
    const length = headers['content-length'];
    if (length !== undefined && !ends && !this.#parts.isHead && status !== 304) this.#missing = Number(length);
    handler.onResponseStarted?.();
    handler.onResponseStart?.(this, status, headers, '');
    // At once: an answer without a body is passed on in one piece, as gRPC requires of one that has only trailers.
    if (ends && !this.#done) this.#ended();
  }

  #data(chunk: Buffer): void {
    if (this.#done) return;
    this.#missing -= chunk.length;
    this.#parts.handler.onResponseData?.(this, chunk);
  }

  /** Node ends a stream that was reset, too. */
  #ended(): void {
    if (this.#done) return;
    if ((this.#stream?.rstCode ?? noError) !== noError || this.#missing > 0) {
      this.#failed(this.#failure(undefined));
      return;
    }
    this.#finish();
    this.#parts.handler.onResponseEnd?.(this, this.#trailers);
  }

  #failure(error: Error | undefined): Error {
    const code = this.#stream?.rstCode ?? noError;
    if (invalidCodes.has(code)) return new InvalidAnswerError('an answer that is no valid HTTP/2');
    return error !== undefined && code === noError ? error : new StreamResetError(code);
  }

  #failed(error: Error): void {
    if (this.#done) return;
    if (!this.#heard && this.#wasNotProcessed()) markFailedWhileKept(error);
    this.#finish();
    this.#cancelling.abort();
    this.#parts.handler.onResponseError?.(this, error);
  }

  /** The connection was kept and has closed, or the service tells so (REFUSED_STREAM). */
  #wasNotProcessed(): boolean {
    return this.connection?.wasLost === true || this.#stream?.rstCode === refused;
  }

  #finish(): void {
    this.#done = true;
    clearTimeout(this.#timer);
    this.connection?.release();
    const { body } = this.#parts;
    if (body === null || body.readableEnded || this.#stream === undefined) return;
    // The service has answered without reading the rest.
    this.#cancelling.abort();
    body.destroy();
  }
}
