import type { ClientHttp2Session, ClientSessionOptions } from 'node:http2';
import { isIP, connect as netConnect, type Socket } from 'node:net';
import { markFailedToConnect } from './connector.ts';
import type { TransportOptions } from './transport.ts';
import { ConnectTimeoutError, InvalidAnswerError, StreamResetError } from './upstream-error.ts';

/** Streams at a time before the service has told how many it takes; then at most this many, too. */
const mostStreams = 100;

/** CANCEL (RFC 9113, 7). */
const cancel = 8;

/** Milliseconds without a stream after which a connection is closed. */
const idleTime = 30_000;

const sessionOptions: ClientSessionOptions = {
  settings: { enablePush: false, maxHeaderListSize: 64 * 1024 },
  maxHeaderListPairs: 2000,
  maxSettings: 32,
  strictFieldWhitespaceValidation: true,
};

/**
 * One HTTP/2 connection to a service. Streams are counted from the moment in which a request is assigned, so that those that
 * wait for the connection are spread too.
 */
export class Http2Connection {
  /** Resolves when the service has sent its settings. Rejects when no connection could be made: nothing was sent. */
  readonly ready: Promise<ClientHttp2Session>;
  #session: ClientHttp2Session | undefined;
  readonly #socket: Socket;
  readonly #connectTimeout: number;
  #streams = 0;
  #retired = false;
  #heard = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: TransportOptions) {
    this.#connectTimeout = options.connectTimeout;
    this.#socket = connectedSocket(options);
    this.ready = this.#connect(options);
    this.ready.catch((error: Error) => {
      markFailedToConnect(error);
      this.destroy();
    });
  }

  /** The session once it is ready. */
  get session(): ClientHttp2Session | undefined {
    return this.#session;
  }

  get isUsable(): boolean {
    return !this.#retired && !this.#session?.closed && !this.#session?.destroyed;
  }

  /** Whether another request may be assigned. */
  get hasRoom(): boolean {
    return this.isUsable && this.#streams < this.#most;
  }

  /** Whether more requests are assigned than the service takes at a time: the settings have told so afterwards. */
  get isOverfull(): boolean {
    return this.#streams > this.#most;
  }

  get #most(): number {
    const told = this.#session?.remoteSettings.maxConcurrentStreams ?? mostStreams;
    return Math.max(1, Math.min(told, mostStreams));
  }

  /** Whether it was closed after the service had answered on it before. */
  get wasLost(): boolean {
    return this.#heard && !this.isUsable;
  }

  /** The service has answered a request. */
  heard(): void {
    this.#heard = true;
  }

  assign(): void {
    this.#streams += 1;
    clearTimeout(this.#idle);
  }

  /** Ends an assigned request. */
  release(): void {
    this.#streams -= 1;
    if (this.#streams > 0) return;
    if (this.#retired) this.#session?.close();
    else this.#idle = setTimeout(() => this.retire(), idleTime).unref();
  }

  /** Takes no more requests, and closes after the last one. */
  retire(): void {
    this.#retired = true;
    if (this.#streams === 0) this.#session?.close();
  }

  /** Closes the connection when the service does not answer a PING in time: whoever waits on it would wait in vain. */
  probe(): void {
    const session = this.#session;
    if (session === undefined || session.destroyed) return;
    const timer = setTimeout(() => this.destroy(), this.#connectTimeout).unref();
    session.ping(() => clearTimeout(timer));
  }

  destroy(): void {
    this.#retired = true;
    clearTimeout(this.#idle);
    // With an error: Node ends the streams of a session that is destroyed without one as if they were complete.
    this.#session?.destroy(new StreamResetError(cancel));
    this.#socket.destroy();
  }

  async #connect({ origin, connectTimeout }: TransportOptions): Promise<ClientHttp2Session> {
    const { promise, resolve, reject } = Promise.withResolvers<ClientHttp2Session>();
    const timer = setTimeout(() => reject(new ConnectTimeoutError()), connectTimeout).unref();
    const secure = origin.startsWith('https:');
    this.#socket.on('error', reject);
    this.#socket.once('close', () => reject(new InvalidAnswerError('the service closed the connection')));
    this.#socket.once(secure ? 'secureConnect' : 'connect', () => {
      if (secure && !agreedToHttp2(this.#socket)) return reject(new InvalidAnswerError('the service speaks no HTTP/2'));
      const session = openSession(origin, this.#socket);
      session.once('remoteSettings', () => resolve(session));
      session.on('error', reject);
      session.once('close', () => reject(new InvalidAnswerError('the service closed the connection')));
    });
    try {
      this.#session = await promise;
      return this.#session;
    } finally {
      clearTimeout(timer);
    }
  }
}

const openSession = (origin: string, socket: Socket): ClientHttp2Session =>
  process.getBuiltinModule('node:http2').connect(origin, { ...sessionOptions, createConnection: () => socket });

const agreedToHttp2 = (socket: Socket): boolean => 'alpnProtocol' in socket && socket.alpnProtocol === 'h2';

function connectedSocket({ origin, socketPath, tls }: TransportOptions): Socket {
  const { protocol, hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  const secure = protocol === 'https:';
  const where = socketPath === undefined ? { host, port: Number(port || (secure ? 443 : 80)) } : { path: socketPath };
  const options = { ...where, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 };
  if (!secure) return netConnect(options);
  const servername = isIP(host) === 0 ? host : '';
  return process.getBuiltinModule('node:tls').connect({ servername, ...options, ...tls, ALPNProtocols: ['h2'] });
}
