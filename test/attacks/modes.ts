import { once } from 'node:events';
import express from 'express';
import type { Log, Options } from 'gatewarden';
import { type TestGate, testGate } from 'gatewarden/testing';
import { gatewayApp } from '../../gateway/app.ts';
import { defaultLimits } from '../../gateway/limits.ts';
import { portOf, upstreamThat } from '../gateway/started.ts';
import { rawRequest } from '../support/http.ts';

/** A request as the protected side got it: the upstream behind the proxy, the handler behind the middleware. */
export type Reached = Readonly<{ method: string; target: string; rawHeaders: readonly string[]; name: string }>;

export type Heard = Readonly<{
  /** Of the first answer; 0 when the connection closed without one. */
  status: number;
  statuses: readonly number[];
  text: string;
  /** What reached the protected side meanwhile. */
  reached: readonly Reached[];
}>;

/** One of the ways in which the same rules are put in front of something. */
export interface Mode {
  readonly name: 'proxy' | 'middleware';
  readonly port: number;
  /** Sends these very bytes on a connection of its own; they must end it. */
  send(bytes: string | Buffer): Promise<Heard>;
}

export interface Attacked extends TestGate, AsyncDisposable {
  readonly modes: readonly [proxy: Mode, middleware: Mode];
  /** All that the gateway logged. */
  readonly lines: readonly object[];
}

/** One gate, and behind it in both modes something that records what reaches it and answers 200. */
export async function attacked(options: Options = {}): Promise<Attacked> {
  const made = await testGate({ scopes: 'deploy:write=operator', ...options });
  const lines: object[] = [];
  const proxy = await proxied(made, lines);
  const middleware = await guarded(made);
  return {
    ...made,
    lines,
    modes: [proxy.mode, middleware.mode],
    async [Symbol.asyncDispose]() {
      await proxy.close();
      await middleware.close();
      await made.gate.close();
    },
  };
}

async function proxied({ gate }: TestGate, lines: object[]) {
  const upstream = await upstreamThat((req, res) => void req.resume().on('end', () => res.end('reached')));
  const write = (fields: object, message: string) => void lines.push({ ...fields, message });
  const log: Log = { debug: write, info: write, warn: write, error: write };
  const app = gatewayApp(gate, upstream.url, { log, limits: { ...defaultLimits, drain: 200 } });
  const { port } = await app.listen('127.0.0.1', 0);
  const reached = () => upstream.seen.map((seen): Reached => ({ ...seen, name: told(seen.rawHeaders) }));
  return {
    mode: modeOf('proxy', port, reached),
    async close() {
      await app.close();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

/** The name that the upstream was told. */
function told(rawHeaders: readonly string[]): string {
  const at = rawHeaders.findIndex((one, index) => index % 2 === 0 && one.toLowerCase() === 'x-forwarded-user');
  return at === -1 ? '' : (rawHeaders[at + 1] ?? '');
}

async function guarded({ gate }: TestGate) {
  const reached: Reached[] = [];
  const app = express();
  app.use('/_gatewarden', gate.router());
  app.use(gate.protect());
  app.use((req, res) => {
    reached.push({ method: req.method, target: req.url, rawHeaders: req.rawHeaders, name: req.auth.name });
    res.end('reached');
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    mode: modeOf('middleware', portOf(server), () => reached),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function modeOf(name: Mode['name'], port: number, reached: () => readonly Reached[]): Mode {
  return {
    name,
    port,
    async send(bytes) {
      const before = reached().length;
      const text = await rawRequest(port, bytes);
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      return { status: statuses[0] ?? 0, statuses, text, reached: reached().slice(before) };
    },
  };
}

/** A request without a body, byte for byte; the connection ends with it. */
export function requestOf(target: string, lines: readonly string[] = [], method = 'GET'): Buffer {
  const hosted = lines.some((line) => /^host:/i.test(line)) ? [] : ['Host: localhost'];
  const head = [`${method} ${target} HTTP/1.1`, ...hosted, ...lines, 'Connection: close'];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
}

export const bearer = (token: string): string => `Authorization: Bearer ${token}`;
