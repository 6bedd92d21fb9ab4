import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contender } from '../compare.ts';
import { find, freePort, listening, type Running, startOn } from '../process.ts';
import { caddyfile, nginxConfig } from './configs.ts';
import { startGateway } from './gateway.ts';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Starts one of our own little servers of this folder. */
export async function startScript(core: 0 | 1, file: string, env: NodeJS.ProcessEnv = {}) {
  const port = await freePort();
  const running = startOn(core, process.execPath, [here(file)], { PORT: String(port), ...env });
  await listening(port);
  return { ...running, port, url: `http://127.0.0.1:${port}` };
}

async function bare(upstream: string): Promise<Contender> {
  const proxy = await startScript(0, './bare.ts', { UPSTREAM: upstream });
  return { name: 'bare undici proxy, no auth', headers: [], ...proxy };
}

async function gatewarden(upstream: string): Promise<Contender> {
  const gateway = await startGateway(upstream);
  return { name: 'gatewarden, session cookie', ...gateway };
}

/** What people write by hand, signed in: a proxy where there is an upstream, else an app of its own. */
export async function byHand(name: string, env: NodeJS.ProcessEnv): Promise<Contender | string> {
  const redis = find('redis-server');
  if (redis === undefined) return `${name}: redis-server is not here`;
  const port = await freePort();
  const store = startOn(1, redis, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']);
  await listening(port);
  const server = await startScript(0, './by-hand.ts', { REDIS_URL: `redis://127.0.0.1:${port}`, ...env });
  const signedIn = await fetch(`${server.url}/login`, {
    method: 'POST',
    body: new URLSearchParams({ username: 'bench', password: 'bench' }),
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  return {
    name,
    url: server.url,
    headers: [`Cookie: ${cookie}`],
    pid: server.pid,
    stop: async () => void (await Promise.all([server.stop(), store.stop()])),
  };
}

const byHandProxy = (upstream: string): Promise<Contender | string> =>
  byHand('by hand: express, passport, connect-redis, http-proxy-middleware', { UPSTREAM: upstream });

export async function withConfig(
  program: 'caddy' | 'nginx',
  config: (port: number, folder: string) => string,
  args: (file: string) => string[],
): Promise<(Running & { url: string }) | string> {
  const path = find(program);
  if (path === undefined) return `${program} is not here`;
  const folder = await mkdtemp(join(tmpdir(), 'gatewarden-bench-'));
  const port = await freePort();
  const file = join(folder, 'config');
  await writeFile(file, config(port, folder));
  const running = startOn(0, path, args(file), { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder });
  await listening(port);
  return {
    pid: running.pid,
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function caddy(upstream: string): Promise<Contender | string> {
  const proxy = await withConfig(
    'caddy',
    (port, folder) => caddyfile(port, upstream, folder),
    (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  );
  if (typeof proxy === 'string') return proxy;
  const headers = [`Authorization: Basic ${Buffer.from('bench:bench').toString('base64')}`];
  return { name: 'Caddy, basic_auth', headers, ...proxy };
}

async function nginx(upstream: string): Promise<Contender | string> {
  const verdict = await startScript(0, './verdict.ts');
  const proxy = await withConfig(
    'nginx',
    (port, folder) => nginxConfig(port, upstream, verdict.url, folder),
    (file) => ['-c', file, '-g', 'daemon off;'],
  );
  if (typeof proxy === 'string') {
    await verdict.stop();
    return proxy;
  }
  const stop = async () => void (await Promise.all([proxy.stop(), verdict.stop()]));
  return { name: 'nginx, auth_request to a bare node:http 204', headers: [], ...proxy, stop };
}

/** Everything that is compared, up and answering; and the names of what is not to be had here. */
export async function startContenders(upstream: string): Promise<{ up: Contender[]; missing: string[] }> {
  const up: Contender[] = [];
  const missing: string[] = [];
  for (const starting of [bare, gatewarden, byHandProxy, caddy, nginx]) {
    const contender = await starting(upstream);
    if (typeof contender === 'string') missing.push(contender);
    else up.push(contender);
  }
  return { up, missing };
}
