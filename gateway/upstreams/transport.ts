import type { Dispatcher } from 'undici';
import type { TlsOptions } from './tls.ts';

/** The connections to one target, with the interface of undici's dispatchers. */
export interface Transport {
  readonly protocol: 'http1' | 'http2';
  /** Sends a request on a kept connection, or a new one. Failures, also of a request that cannot be sent, are the handler's. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /** Sends a request on a connection of its own. */
  dispatchAnew(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  /** Closes every connection, and breaks off what is running. */
  close(): Promise<void>;
}

/** What every connection to a target has. */
export type TransportOptions = Readonly<{
  /** `http://host:port` or `https://host:port`. */
  origin: string;
  socketPath: string | undefined;
  tls: TlsOptions;
  /** Milliseconds to connect, TLS included. */
  connectTimeout: number;
}>;
