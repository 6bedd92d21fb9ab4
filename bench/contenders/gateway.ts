import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, type Running, startOn } from '../process.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const built = join(root, 'dist/cli/index.js');

/** The command as people run it, built; from the sources where there is no build. */
const command = (): readonly string[] =>
  existsSync(built) ? [built, 'run'] : ['--conditions=gatewarden-source', join(root, 'cli/index.ts'), 'run'];

export const isBuilt = (): boolean => existsSync(built);

const password = 'seven otters row upstream';

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
  const url = `http://127.0.0.1:${port}`;
  while (!(await healthy(url))) {
    if (performance.now() - startedAt > 20_000) throw new Error('the gateway did not start: try BENCH_VERBOSE=1');
  }
  return { ...running, url, firstAnswer: performance.now() - startedAt };
}

async function healthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/_gatewarden/healthz`)).ok;
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

/** The gateway with somebody signed in. */
export async function startGateway(upstream: string) {
  const folder = await dataFolder();
  const gateway = await launchGateway(upstream, folder.path, {
    GATEWARDEN_SUPERUSER: 'bench',
    GATEWARDEN_SUPERUSER_PASSWORD: password,
  });
  const answer = await fetch(`${gateway.url}/_gatewarden/login`, {
    method: 'POST',
    headers: { origin: gateway.url },
    redirect: 'manual',
    body: new URLSearchParams({ username: 'bench', password }),
  });
  const cookie = answer.headers
    .getSetCookie()
    .find((one) => one.startsWith('gatewarden='))
    ?.split(';')[0];
  if (cookie === undefined) throw new Error(`signing in to the gateway answered ${answer.status}`);
  return {
    url: gateway.url,
    headers: [`Cookie: ${cookie}`],
    pid: gateway.pid,
    async stop() {
      await gateway.stop();
      await folder.remove();
    },
  };
}
