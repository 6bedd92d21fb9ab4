import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { find, freePort, listening, start, stopAll } from './processes.ts';

/*
 * compose.yaml without Docker, on the programs of this machine: two gateways, MongoDB, Redis, Caddy in front, the legacy
 * app behind. Data and secret key are kept in .gatewarden/two-instances.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const data = process.env.TWO_INSTANCES_DATA ?? join(root, '.gatewarden/two-instances');
const { FRONT_PORT = '8080' } = process.env;
const secret = () => randomBytes(48).toString('base64url');

const programs = { mongod: find('mongod'), redis: find('redis-server'), caddy: find('caddy') };
const missing = Object.entries(programs).flatMap(([name, path]) => (path === undefined ? [name] : []));
if (missing.length > 0) {
  console.error(`Not on the path: ${missing.join(', ')}. This example runs the real ones.`);
  process.exit(5);
}

/** The key that all instances share: made once, as the store is made with it. */
async function secretKeyFile(): Promise<string> {
  const path = join(data, 'secret_key');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(path, secret(), { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return path;
}

async function stores(): Promise<{ mongodb: string; redis: string }> {
  const [mongodb, redis] = [await freePort(), await freePort()];
  const folders = { mongodb: join(data, 'mongodb'), redis: join(data, 'redis') };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true, mode: 0o700 });
  start(programs.mongod ?? '', ['--dbpath', folders.mongodb, '--port', `${mongodb}`, '--bind_ip', '127.0.0.1']);
  start(programs.redis ?? '', [
    '--dir',
    folders.redis,
    '--port',
    `${redis}`,
    '--bind',
    '127.0.0.1',
    '--appendonly',
    'yes',
  ]);
  await Promise.all([listening(mongodb), listening(redis)]);
  return { mongodb: `mongodb://127.0.0.1:${mongodb}/gatewarden`, redis: `redis://127.0.0.1:${redis}` };
}

async function legacyApp(): Promise<string> {
  const port = await freePort();
  start(process.execPath, [join(root, 'examples/legacy-app/serve.ts')], { PORT: `${port}` });
  await listening(port);
  return `http://127.0.0.1:${port}`;
}

async function gateway(name: string, env: Record<string, string>): Promise<number> {
  const port = await freePort();
  const command = ['--conditions=gatewarden-source', join(root, 'cli/index.ts'), 'run'];
  start(process.execPath, command, { ...env, GATEWARDEN_PORT: `${port}` }, name);
  await listening(port);
  return port;
}

async function front(gateways: readonly number[], proxySecret: string): Promise<void> {
  start(programs.caddy ?? '', ['run', '--adapter', 'caddyfile', '--config', join(root, 'deploy/compose/Caddyfile')], {
    FRONT_HOST: '127.0.0.1',
    FRONT_PORT,
    GATEWAYS: gateways.map((port) => `127.0.0.1:${port}`).join(' '),
    PROXY_SECRET: proxySecret,
  });
  await listening(Number(FRONT_PORT));
}

try {
  const { mongodb, redis } = await stores();
  const proxySecret = secret();
  const env = {
    GATEWARDEN_UPSTREAM: await legacyApp(),
    GATEWARDEN_PUBLIC_URL: `http://localhost:${FRONT_PORT}`,
    GATEWARDEN_SECRET_KEY_FILE: await secretKeyFile(),
    GATEWARDEN_PROXY_SECRET: proxySecret,
    GATEWARDEN_TRUSTED_PROXIES: '127.0.0.1/32',
    GATEWARDEN_MONGODB_URL: mongodb,
    GATEWARDEN_REDIS_URL: redis,
    GATEWARDEN_RULES: 'public read /health; operator * /operator/**; viewer read /**; user * /**',
  };
  const gateways = [await gateway('gateway 1', env), await gateway('gateway 2', env)];
  await front(gateways, proxySecret);
  console.log(`\nTwo gateways (${gateways.join(', ')}) are one at http://localhost:${FRONT_PORT}\n`);
} catch (error) {
  console.error(error);
  await stopAll();
  process.exitCode = 3;
}
