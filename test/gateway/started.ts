import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
} from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Log, Options } from 'gatewarden';
import { type InternalGate, openGate } from '#gate';
import { type App, gatewayApp } from '../../gateway/app.ts';
import { readGatewayConfig } from '../../gateway/config/index.ts';
import type { GatewayConfig } from '../../gateway/config/route-config.ts';
import { defaultLimits, type Limits } from '../../gateway/limits.ts';
import { routingOf } from '../../gateway/routes/routing.ts';
import { type RouteOptions, routePolicies } from '../../lib/request/route-policies.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { temporaryFolder } from '../support/folders.ts';

export const password = 'seven otters row upstream';

/** A request as the upstream got it. */
export type Seen = Readonly<{ method: string; target: string; rawHeaders: readonly string[]; req: IncomingMessage }>;

export interface TestUpstream extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  readonly seen: readonly Seen[];
}

/** A service on a free loopback port that remembers what reached it. */
export async function upstreamThat(answers: RequestListener): Promise<TestUpstream> {
  const seen: Seen[] = [];
  const server = createServer((req, res) => {
    seen.push({ method: req.method ?? '', target: req.url ?? '', rawHeaders: req.rawHeaders, req });
    answers(req, res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    seen,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

/** A header as the upstream got it: every value, in order. */
export function valuesOf({ rawHeaders }: Seen, name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name.toLowerCase());
}

export interface TestGateway extends AsyncDisposable {
  readonly gate: InternalGate;
  readonly app: App;
  readonly url: string;
  readonly port: number;
  /** What was logged, newest last. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** A user with an API token: the header that presents it. */
  bearer(name: string, role?: string): Promise<{ authorization: string }>;
  /** A user who signs in through the form: the header with the cookie. */
  signIn(name: string, role?: string): Promise<{ cookie: string }>;
  signOut(cookie: { cookie: string }): Promise<void>;
  /** Sends a request to a host that the gateway serves, without a client library's own ideas of the target and the headers. */
  send(host: string, target: string, more?: Sent): Promise<Heard>;
  /** Puts another configuration file in force. */
  reload(file: string): void;
}

export type Sent = Readonly<{ method?: string; headers?: Record<string, string | string[]>; body?: string }>;
export type Heard = Readonly<{ status: number; headers: IncomingHttpHeaders; text: string }>;

type GatewayOptions = Readonly<{
  options?: Options;
  limits?: Partial<Limits>;
  /** What the route of `upstream` has of its own. */
  route?: RouteOptions;
  /** The text of a configuration file. */
  file?: string;
}>;

async function sent(port: number, host: string, path: string, { method, headers, body }: Sent = {}): Promise<Heard> {
  const given = { ...headers, host };
  const outgoing = request({ port, host: '127.0.0.1', path, method: method ?? 'GET', headers: given, agent: false });
  outgoing.end(body);
  const [answer]: IncomingMessage[] = await once(outgoing, 'response');
  if (answer === undefined) throw new Error('no answer');
  return { status: answer.statusCode ?? 0, headers: answer.headers, text: await text(answer) };
}

const rules = 'public * /public/**; operator * /operator/**; user * /**';

/** A gateway in front of `upstream` and the services of a file, on a free loopback port, with a store of its own. */
export async function gatewayTo(
  upstream: string | undefined,
  { options = {}, limits = {}, route = {}, file }: GatewayOptions = {},
): Promise<TestGateway> {
  const folder = await temporaryFolder();
  const lines: Record<string, unknown>[] = [];
  const write = (fields: object, message: string) => void lines.push({ ...fields, message });
  const log: Log = { debug: () => undefined, info: write, warn: write, error: write };
  const given = { dataDir: folder.path, rules, ...(upstream === undefined ? {} : { upstream }), ...options };
  const resolved = loadSettings({ env: process.env, given, applies: 'gateway' });
  const ownRoute = routePolicies(resolved, route);
  const config = join(folder.path, 'gatewarden.yaml');
  function read(text: string): GatewayConfig {
    writeFileSync(config, text);
    return readGatewayConfig(config, resolved);
  }
  const routing = routingOf(upstream === undefined ? undefined : ownRoute, file === undefined ? undefined : read(file));
  const { table: routes, signIn } = routing;
  const upstreams = () => app.upstreams();
  const gate = { ...(await openGate(resolved, { log, routes, signIn, upstreams })), ownRoute };
  const app = gatewayApp(gate, upstream, { log, limits: { ...defaultLimits, drain: 200, ...limits }, routing });
  const { port } = await app.listen('127.0.0.1', 0);
  const url = `http://127.0.0.1:${port}`;

  async function addUser(username: string, role: string): Promise<void> {
    const made = await gate.users.create({ username, password, role });
    if (!made.ok) throw new Error(`no user ${username}: ${JSON.stringify(made.refusal)}`);
  }

  return {
    gate,
    app,
    url,
    port,
    lines,
    async bearer(name, role = 'user') {
      await addUser(name, role);
      const made = await gate.tokens.create(name, { name: 'test' });
      if (!made.ok) throw new Error(`no token: ${JSON.stringify(made.refusal)}`);
      return { authorization: `Bearer ${made.value.token}` };
    },
    async signIn(name, role = 'user') {
      await addUser(name, role);
      const body = new URLSearchParams({ username: name, password });
      const init = { method: 'POST', body, headers: { origin: url }, redirect: 'manual' } as const;
      const answer = await fetch(`${url}/_gatewarden/login`, init);
      const cookie = answer.headers.getSetCookie().find((one) => one.startsWith('gatewarden='));
      if (cookie === undefined) throw new Error(`signing in answered ${answer.status}: ${await answer.text()}`);
      return { cookie: cookie.split(';')[0] ?? '' };
    },
    async signOut({ cookie }) {
      const body = new URLSearchParams({ all: 'false' });
      const init = { method: 'POST', body, headers: { origin: url, cookie }, redirect: 'manual' } as const;
      const answer = await fetch(`${url}/_gatewarden/logout`, init);
      if (answer.status !== 303) throw new Error(`signing out answered ${answer.status}`);
    },
    send: (host, target, more) => sent(port, host, target, more),
    reload: (text) => app.apply(read(text)),
    async [Symbol.asyncDispose]() {
      await app.close();
      await gate.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
