import type { ServerHttp2Stream } from 'node:http2';
import { http } from '../http.ts';
import { answerHeaders, type GivenHeaders, type GivenTrailers, trailersOf } from './http2-answer.ts';
import { type Http2Request, resetCodes } from './http2-request.ts';

type Done = (error?: Error | null) => void;

/**
 * An answer on an HTTP/2 stream with the interface of `node:http`. Headers are kept by the base class until the head is written;
 * nothing of its framing is used.
 */
export class Http2Response extends http.ServerResponse<Http2Request> {
  readonly #stream: ServerHttp2Stream;
  readonly #isHead: boolean;
  #head: Record<string, string | string[] | number> | undefined;
  #sent = false;
  #ended = false;
  #complete = false;
  #trailers: Record<string, string | string[]> | undefined;

  // Their types are those of fields, which accessors cannot override by themselves.
  static {
    const getter = (get: (this: Http2Response) => boolean): PropertyDescriptor => ({ get, configurable: true });
    Object.defineProperties(Http2Response.prototype, {
      writableEnded: getter(function writableEnded() {
        return this.#ended;
      }),
      writableFinished: getter(function writableFinished() {
        return this.#complete;
      }),
      writableNeedDrain: getter(function writableNeedDrain() {
        return this.#stream.writableNeedDrain;
      }),
    });
  }

  constructor(req: Http2Request, stream: ServerHttp2Stream) {
    super(req);
    this.#stream = stream;
    this.#isHead = req.method === 'HEAD';
    stream.on('drain', () => this.emit('drain'));
    stream.on('finish', () => {
      this.#complete = this.#ended;
      if (this.#ended) this.emit('finish');
    });
    stream.on('wantTrailers', () => stream.sendTrailers(this.#trailers ?? {}));
    stream.on('close', () => this.#closed());
  }

  override writeContinue(done?: () => void): void {
    if (this.#mayWrite() && !this.#sent) this.#stream.additionalHeaders({ ':status': 100 });
    done?.();
  }

  override writeHead(status: number, reason?: string | GivenHeaders, given?: GivenHeaders): this {
    if (this.headersSent) throw new Error('the head of the answer is written already');
    this.statusCode = status;
    const headers = typeof reason === 'object' ? reason : given;
    this.#head = { ':status': status, ...answerHeaders(this, headers) };
    // What `headersSent` reads, and what express-session looks at.
    Reflect.set(this, '_header', `HTTP/2 ${status}\r\n`);
    return this;
  }

  override flushHeaders(): void {
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.#respond(false);
  }

  override write(chunk: unknown, encoding?: BufferEncoding | Done, done?: Done): boolean {
    if (!this.headersSent) this.writeHead(this.statusCode);
    const bytes = bytesOf(chunk, encoding);
    const written = typeof encoding === 'function' ? encoding : done;
    this.#respond(false);
    if (!this.#mayWrite() || this.#isHead || this.#stream.writableEnded) {
      if (written !== undefined) process.nextTick(written);
      return true;
    }
    return this.#stream.write(bytes, written);
  }

  override end(chunk?: unknown, encoding?: BufferEncoding | Done, done?: Done): this {
    const ended = [chunk, encoding, done].find((one): one is () => void => typeof one === 'function');
    if (this.#ended) return this;
    const body = typeof chunk === 'function' || chunk === undefined || chunk === null ? undefined : chunk;
    if (ended !== undefined) this.once('finish', ended);
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.#ended = true;
    this.finished = true;
    const bytes = body === undefined ? undefined : bytesOf(body, encoding);
    const empty = bytes === undefined || bytes.length === 0;
    this.#respond(empty && this.#trailers === undefined);
    if (!this.#mayWrite() || this.#stream.writableEnded) return this;
    if (empty || this.#isHead) this.#stream.end();
    else this.#stream.end(bytes);
    return this;
  }

  override addTrailers(trailers: GivenTrailers): void {
    this.#trailers = { ...this.#trailers, ...trailersOf(trailers) };
  }

  /** Resets the stream, so that the client does not take the answer for a complete one. */
  override destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.#stream.close(error === undefined && this.#complete ? resetCodes.noError : resetCodes.internalError);
    return this;
  }

  #mayWrite(): boolean {
    return !this.#stream.destroyed && !this.#stream.closed;
  }

  #respond(endStream: boolean): void {
    if (this.#sent) return;
    this.#sent = true;
    if (this.#mayWrite()) this.#stream.respond(this.#head, { endStream, waitForTrailers: !endStream });
  }

  #closed(): void {
    this.destroyed = true;
    Reflect.set(this, '_closed', true);
    this.emit('close');
  }
}

function bytesOf(chunk: unknown, encoding: unknown): Buffer {
  if (chunk instanceof Uint8Array) return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
  if (typeof chunk !== 'string') throw new TypeError('the body of an answer is text or bytes');
  return Buffer.from(chunk, typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8');
}
