import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, fetch } from 'undici';
import { freePort, listening, type Running, startOn } from '../process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, 'dist/cli/index.js');

const fromSources = ['--conditions=gatewarden-source'];

/** The command as people run it, built; from the sources where there is no build. */
const command = (): readonly string[] =>
  existsSync(built) ? [built, 'run'] : [...fromSources, join(root, 'cli/index.ts'), 'run'];

export const isBuilt = (): boolean => existsSync(built);

const password = 'seven otters row upstream';

/** Certificates of the bench are made for it, and known to nobody. */
const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });

/** Our gateway in a folder of its own, answering; `firstAnswer` is the time from its start to that, in milliseconds. */
export async function launchGateway(
  upstream: string,
  folder: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Running & { url: string; firstAnswer: number }> {
  const port = await freePort();
  const startedAt = performance.now();
  const running = startOn(0, process.execPath, command(), {
    GATEWARDEN_UPSTREAM: upstream,
    GATEWARDEN_PORT: String(port),
    GATEWARDEN_DATA_DIR: folder,
    ...env,
  });
  const url = `${env.GATEWARDEN_TLS_CERT === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  while (!(await healthy(url))) {
    if (performance.now() - startedAt > 20_000) throw new Error('the gateway did not start: try BENCH_VERBOSE=1');
  }
  return { ...running, url, firstAnswer: performance.now() - startedAt };
}

async function healthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/_gatewarden/healthz`, { dispatcher })).ok;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 3));
    return false;
  }
}

/** An empty folder for data, and how to be rid of it. */
export async function dataFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'gatewarden-bench-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** The settings that make somebody to sign in as. */
export const superuser = { GATEWARDEN_SUPERUSER: 'bench', GATEWARDEN_SUPERUSER_PASSWORD: password };

/** Signs in by the form below `prefix`; the `Cookie` header for what follows. */
async function signIn(url: string, prefix: string): Promise<string> {
  const answer = await fetch(`${url}${prefix}/login`, {
    method: 'POST',
    headers: { origin: url },
    redirect: 'manual',
    body: new URLSearchParams({ username: 'bench', password }),
    dispatcher,
  });
  const cookie = answer.headers.getSetCookie().find((one) => /^(__Host-)?gatewarden=/.test(one));
  if (cookie === undefined) throw new Error(`signing in below ${prefix} answered ${answer.status}`);
  return `Cookie: ${cookie.split(';')[0]}`;
}

/** The gateway with somebody signed in. `env`: further settings, which may name files of the folder. */
export async function startGateway(upstream: string, env: (folder: string) => Promise<NodeJS.ProcessEnv> = noEnv) {
  const folder = await dataFolder();
  const gateway = await launchGateway(upstream, folder.path, { ...superuser, ...(await env(folder.path)) });
  return signedIn(gateway, folder, '/_gatewarden');
}

const noEnv = async (): Promise<NodeJS.ProcessEnv> => ({});

/** An Express app guarded by the middleware, with somebody signed in. */
export async function startGuardedApp() {
  const folder = await dataFolder();
  const port = await freePort();
  const script = fileURLToPath(new URL('./guarded-app.ts', import.meta.url));
  const running = startOn(0, process.execPath, [...(existsSync(built) ? [] : fromSources), script], {
    PORT: String(port),
    GATEWARDEN_DATA_DIR: folder.path,
    ...superuser,
  });
  await listening(port);
  return signedIn({ ...running, url: `http://127.0.0.1:${port}` }, folder, '/auth');
}

async function signedIn(
  running: Running & { url: string },
  folder: Awaited<ReturnType<typeof dataFolder>>,
  prefix: string,
) {
  return {
    url: running.url,
    headers: [await signIn(running.url, prefix)],
    pid: running.pid,
    async stop() {
      await running.stop();
      await folder.remove();
    },
  };
}
