import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import express from 'express';
import type { Gatewarden, Log, Options, Principal } from 'gatewarden';
import { gatewayApp } from '../../gateway/app.ts';
import { passwordHasher } from '../../lib/crypto/password-hash.ts';
import { makeSecretKey } from '../../lib/crypto/secret-key.ts';
import { published } from '../../lib/gatewarden.ts';
import { compose } from '../../lib/start/compose.ts';
import { gateOver, type InternalGate } from '../../lib/start/gate.ts';
import { loadSettings } from '../../lib/start/load-settings.ts';
import { ofOneProcess } from '../../lib/stores/open.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import { portOf } from '../gateway/started.ts';
import { temporaryFolder } from '../support/folders.ts';
import { type Attacker, attacker, own, password } from './attacker.ts';

export { own, password };

/** What got through to the service: `user` is who it was told is asking, '' for nobody. */
export type Seen = Readonly<{ method: string; target: string; user: string }>;

/** The same byte for byte: the target as the service's own routing sees it, and the headers as they came. */
export type Received = Seen & Readonly<{ url: string; rawHeaders: readonly string[] }>;

/** One way in which a service is guarded. */
export interface Front extends Attacker {
  readonly name: 'guards' | 'protect' | 'gateway';
  readonly url: string;
  readonly port: number;
  /** What got through, since `forget` was last called. */
  readonly seen: readonly Seen[];
  readonly received: readonly Received[];
  forget(): void;
}

/** One installation, and the same service behind it in every way there is. */
export interface Besieged extends AsyncDisposable {
  readonly gate: Gatewarden;
  /** Express with `authenticate()` and `requireRole`. */
  readonly guards: Front;
  /** Express with `protect()`, by rules. */
  readonly protect: Front;
  readonly gateway: Front;
  readonly fronts: readonly Front[];
  /** How many passwords were hashed or compared so far. */
  hashes(): number;
  rows(table: 'sessions' | 'attempts' | 'user' | 'audit' | 'known_addresses' | 'api_token'): number;
  addUser(username: string, more?: Readonly<{ role?: string; active?: boolean; email?: string }>): Promise<void>;
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const rules = 'public * /public/**; operator * /operator/**; user * /**';

/** Users are made as an admin would make them: with reserved names and e-mail addresses too. */
const program: Principal = { kind: 'user', id: '', name: 'tests', role: 'admin', scopes: [], via: 'command' };

export async function besieged(options: Options = {}): Promise<Besieged> {
  const folder = await temporaryFolder();
  const given = {
    secretKey: [makeSecretKey()],
    dataDir: folder.path,
    rules,
    prefix: own,
    upstream: 'http://127.0.0.1:1',
    ...options,
  };
  const resolved = loadSettings({ env: {}, given, applies: 'middleware' });
  const hasher = passwordHasher({ cost: 4 });
  const stores = await openSqlite({ dataDir: folder.path });
  const internal = gateOver(await compose(resolved, { log: silent, opened: ofOneProcess(stores), hasher }));
  const gate = published(internal);
  const database = new DatabaseSync(join(folder.path, 'gatewarden.db'), { readOnly: true, timeout: 1000 });
  const guards = await behindExpress('guards', gate);
  const protect = await behindExpress('protect', gate);
  const gateway = await behindGateway(internal);
  const running = [guards, protect, gateway];

  return {
    gate,
    guards: guards.front,
    protect: protect.front,
    gateway: gateway.front,
    fronts: running.map(({ front }) => front),
    hashes: () => hasher.performed,
    rows: (table) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n),
    async addUser(username, { role = 'user', active = true, ...more } = {}) {
      const made = await gate.users.create({ username, password, role, ...more }, { principal: program });
      if (!made.ok) throw new Error(`no user ${username}: ${JSON.stringify(made.refusal)}`);
      if (!active) await gate.users.edit(username, { active: false });
    },
    async [Symbol.asyncDispose]() {
      for (const { close } of running) await close();
      database.close();
      await gate.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

type Running = Readonly<{ front: Front; close(): Promise<void> }>;

/** What a service notes down of each request that gets through to it. */
function notebook() {
  const seen: Seen[] = [];
  const received: Received[] = [];
  return {
    seen,
    received,
    note({ url = '', rawHeaders }: IncomingMessage, one: Seen) {
      seen.push(one);
      received.push({ ...one, url, rawHeaders });
    },
    forget() {
      seen.splice(0);
      received.splice(0);
    },
  };
}

type Notebook = ReturnType<typeof notebook>;

function frontOf(name: Front['name'], port: number, { seen, received, forget }: Notebook): Front {
  const url = `http://127.0.0.1:${port}`;
  return { name, url, port, seen, received, forget, ...attacker(url) };
}

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function behindExpress(name: 'guards' | 'protect', gate: Gatewarden): Promise<Running> {
  const notes = notebook();
  const app = express();
  app.use(own, gate.router());
  if (name === 'protect') app.use(gate.protect());
  else {
    app.use(gate.authenticate());
    app.use('/operator', gate.requireRole('operator'));
    app.use(gate.requireRole('user'));
  }
  app.use((req, res) => {
    notes.note(req, { method: req.method, target: req.originalUrl, user: req.auth.name });
    res.send('the service');
  });
  const server = await listening(createServer(app));
  return { front: frontOf(name, portOf(server), notes), close: () => closed(server) };
}

async function behindGateway(gate: InternalGate): Promise<Running> {
  const notes = notebook();
  const service = createServer((req, res) => {
    const user = String(req.headers['x-forwarded-user'] ?? '');
    notes.note(req, { method: req.method ?? '', target: req.url ?? '', user });
    res.end('the service');
  });
  service.on('upgrade', (req, socket) => {
    const user = String(req.headers['x-forwarded-user'] ?? '');
    notes.note(req, { method: 'UPGRADE', target: req.url ?? '', user });
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  await listening(service);
  const app = gatewayApp(gate, `http://127.0.0.1:${portOf(service)}`, { log: silent });
  const { port } = await app.listen('127.0.0.1', 0);
  const front = frontOf('gateway', port, notes);
  return {
    front,
    async close() {
      front.hangUp();
      await app.close();
      await closed(service);
    },
  };
}
