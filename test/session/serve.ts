import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { SessionData } from 'express-session';
import type { Invalidation } from '../../lib/invalidation/bus.ts';
import { localBus } from '../../lib/invalidation/local.ts';
import type { NewEvent } from '../../lib/services.ts';
import type { BrowserSessions } from '../../lib/session/browser-sessions.ts';
import { browserSessions } from '../../lib/session/browser-sessions.ts';
import { type UserRecord, userKind } from '../../lib/stores/records/kinds/user.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';

export type Loaded = IncomingMessage & {
  session: SessionData & {
    visits?: number;
    userId?: string;
    save(done: (error?: unknown) => void): void;
    destroy(done: (error?: unknown) => void): void;
  };
};

type Page = (req: Loaded, res: ServerResponse, sessions: BrowserSessions, url: URL) => Promise<string>;

const settings = {
  publicUrl: undefined as string | undefined,
  cookieName: undefined as string | undefined,
  cookieDomain: undefined as string | undefined,
  cookieSamesite: 'lax' as const,
  sessionIdle: 12 * 3_600_000,
  sessionLifetime: 30 * 86_400_000,
  sessionsPerUser: 200,
};

export const userNamed = (name: string): UserRecord & { state: 'active' } => ({
  id: `u_${name}`,
  username: name,
  nameKey: name,
  role: 'user',
  state: 'active',
  emailConfirmed: false,
  epoch: 0,
  tokenEpoch: 0,
  rights: 0,
  createdAt: 1,
  updatedAt: 1,
});

/** Sessions on a store in memory, with `users` in it. */
export async function openSessions(more: Partial<typeof settings> = {}, users: readonly string[] = ['ada', 'bob']) {
  const time = { now: Date.now() };
  const stores = await openSqlite({ memory: true, now: () => time.now });
  for (const name of users) await stores.records.add(userKind, userNamed(name));
  const bus = localBus();
  const published: Invalidation[] = [];
  bus.subscribe((message) => published.push(message));
  const events: NewEvent[] = [];
  const record = async (event: NewEvent) => void events.push(event);
  const clock = () => time.now;
  const parts = { settings: { ...settings, ...more }, secrets: ['new', 'old'], stores, bus, record, clock };
  return { stores, bus, published, events, time, parts, sessions: browserSessions(parts) };
}

/** The standard pages: `/in` signs in, `/out` signs out, `/visit` counts in the session, `/` only loads it. */
const pages: Record<string, Page> = {
  async '/in'(req, res, sessions, url) {
    const name = url.searchParams.get('name') ?? 'ada';
    const remember = url.searchParams.has('remember');
    const caller = { address: '192.0.2.1', agent: 'test' };
    const record = await sessions.begin(req, res, userNamed(name), { method: 'password', remember, caller });
    return record.id;
  },
  async '/out'(req, res, sessions) {
    await sessions.end(req, res);
    return 'out';
  },
  async '/visit'(req) {
    req.session.visits = (req.session.visits ?? 0) + 1;
    return String(req.session.visits);
  },
  async '/'(req) {
    return JSON.stringify(req.session);
  },
};

function load(sessions: BrowserSessions, req: IncomingMessage, res: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => sessions.handler(req, res, (error) => (error ? reject(error) : resolve())));
}

/** Serves the pages over real sockets; gives a client that shows the answer and its cookies. */
export async function serve(t: TestContext, sessions: BrowserSessions, more: Record<string, Page> = {}) {
  const server = createServer(async (req, res) => {
    const url = new URL(req.url ?? '/', 'http://localhost');
    try {
      await load(sessions, req, res);
      const page = { ...pages, ...more }[url.pathname];
      res.end(await page?.(req as Loaded, res, sessions, url));
    } catch (error) {
      res.statusCode = 503;
      res.end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return async function ask(path: string, cookie?: string) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: cookie ? { cookie } : {} });
    const set = answer.headers.getSetCookie();
    return { status: answer.status, body: await answer.text(), set, cookie: set.at(-1)?.split(';')[0] };
  };
}
