import { readFileSync } from 'node:fs';
import type { Dispatcher } from 'undici';
// By their own paths: undici's entry file also loads fetch, WebSocket, caches and mocks, and does not export what
// interim-answers.ts needs. undici does not promise to keep these paths, so package.json pins its version exactly.
import OneConnection from 'undici/lib/dispatcher/client.js';
import PoolOfConnections from 'undici/lib/dispatcher/pool.js';
import { SettingsError } from '#settings';
import type { Limits } from '../limits.ts';
import { upstreamConnector } from './connector.ts';
import { passOverInterimAnswers } from './interim-answers.ts';

/** The connections to one upstream. */
export interface Upstream {
  /** The pool of kept connections, one for each simultaneous request. */
  readonly pool: Dispatcher;
  /** The request target for the upstream: below the path of its URL, if it has one. */
  target(received: string): string;
  /** Sends one request on a connection of its own. */
  dispatchAnew(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  close(): Promise<void>;
}

/** The parts of an upstream's URL: `http://host:port/base`, or `http://unix:/run/app.sock:/base`. */
export type UpstreamAddress = Readonly<{ origin: string; socketPath: string | undefined; base: string }>;

export function upstreamAddress(upstream: string): UpstreamAddress {
  const url = new URL(upstream);
  const [socketPath, path] = url.hostname === 'unix' ? socketIn(url.pathname) : [undefined, url.pathname];
  const origin = socketPath === undefined ? url.origin : `${url.protocol}//localhost`;
  return { origin, socketPath, base: path.replace(/\/$/, '') };
}

function socketIn(pathname: string): readonly [socketPath: string, path: string] {
  const colon = pathname.indexOf(':');
  return colon === -1
    ? [decodeURIComponent(pathname), '']
    : [decodeURIComponent(pathname.slice(0, colon)), pathname.slice(colon + 1)];
}

/** An absolute target keeps its scheme and host. */
function below(base: string, target: string): string {
  if (target.startsWith('/')) return base + target;
  const [authority = ''] = /^[^/?]+:\/\/[^/?]*/.exec(target) ?? [];
  const rest = target.slice(authority.length);
  return authority + base + (rest.startsWith('/') ? rest : `/${rest}`);
}

type Options = Readonly<{
  limits: Pick<Limits, 'upstreamConnect'>;
  /** PEM file of certificate authorities to trust besides the system's. */
  ca?: string | undefined;
}>;

/**
 * Creates the connections to one upstream, with one request at a time on each: with pipelining, undici would repeat requests
 * that were behind a broken one. HTTP/2 is not offered: bytes and framing are checked as HTTP/1.1.
 * @throws SettingsError when the file of authorities cannot be read
 */
export function upstreamAt(address: string, { limits, ca }: Options): Upstream {
  const { origin, socketPath, base } = upstreamAddress(address);
  const connect = upstreamConnector({
    timeout: limits.upstreamConnect,
    allowH2: false,
    ...(socketPath === undefined ? {} : { socketPath }),
    ...(ca === undefined ? {} : { ca: authoritiesFor(ca) }),
  });
  const options = { pipelining: 1, allowH2: false, maxHeaderSize: 64 * 1024, connect, keepAliveTimeout: 4000 };
  const pool = new PoolOfConnections(origin, options);
  pool.on('connect', (_origin, targets) => passOverInterimAnswers(targets.at(-1) ?? pool));
  return {
    pool,
    target: base === '' ? (received) => received : (received) => below(base, received),
    dispatchAnew(request, handler) {
      const client = new OneConnection(origin, options);
      client.dispatch({ ...request, reset: true }, handler);
      void client.close();
    },
    close: () => pool.destroy(),
  };
}

/**
 * The system's certificate authorities and those of a PEM file. Node's TLS is loaded on demand: only an https upstream needs it.
 * @throws SettingsError when the file cannot be read
 */
export function authoritiesFor(file: string): string[] {
  const system = process.getBuiltinModule('node:tls').getCACertificates('default');
  try {
    return [...system, readFileSync(file, 'utf8')];
  } catch (error) {
    throw new SettingsError([`GATEWARDEN_UPSTREAM_CA: ${file} cannot be read`], { cause: error });
  }
}
