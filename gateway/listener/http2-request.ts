import type { IncomingMessage } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { http } from '../http.ts';
import type { Http2Head } from './http2-head.ts';

/** RST_STREAM codes (RFC 9113, 7). */
export const resetCodes = Object.freeze({ noError: 0, internalError: 2, refused: 7, cancel: 8, enhanceYourCalm: 11 });

/**
 * A request on an HTTP/2 stream with the interface of `node:http`, so that handlers need not know the difference. `socket` is
 * the connection, which other requests share: destroying the request resets its stream only.
 */
export class Http2Request extends http.IncomingMessage {
  readonly #stream: ServerHttp2Stream;
  #reading = false;

  constructor(socket: Socket, stream: ServerHttp2Stream, head: Http2Head, bodyFollows: boolean) {
    super(socket);
    this.#stream = stream;
    this.httpVersion = '2.0';
    this.httpVersionMajor = 2;
    this.httpVersionMinor = 0;
    this.method = head.method;
    this.url = head.target;
    addHeaders(this, head.rawHeaders);
    if (!bodyFollows) this.#completed();
    stream.on('close', () => this.destroy());
  }

  #completed(): void {
    this.complete = true;
    this.push(null);
  }

  override _read(): void {
    const stream = this.#stream;
    if (this.#reading) return void stream.resume();
    this.#reading = true;
    stream.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) stream.pause();
    });
    stream.on('end', () => {
      // A stream that is reset ends, too.
      if (!stream.aborted) this.#completed();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.complete) {
      this.aborted = true;
      this.emit('aborted');
      const answered = this.#stream.writableFinished;
      this.#stream.close(answered ? resetCodes.noError : resetCodes.cancel);
    }
    // As in `node:http`: an abort that nobody listens for is no exception.
    process.nextTick(done, this.listenerCount('error') === 0 ? null : error);
  }
}

/** `headers` is made of the lines that Node's own parser has added, so that repeated ones count alike in all versions of HTTP. */
function addHeaders(req: IncomingMessage, lines: string[]): void {
  if (!('_addHeaderLines' in req) || typeof req._addHeaderLines !== 'function')
    throw new Error('this version of Node takes no header lines');
  req._addHeaderLines(lines, lines.length);
}
