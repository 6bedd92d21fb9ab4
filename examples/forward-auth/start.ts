import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { find, freePort, listening, start, stopAll } from '../two-instances/processes.ts';
import { caddy, certificateIn, nginx } from './fronts.ts';

/* nginx or Caddy carries the traffic of a service, and asks Gatewarden about each request: with the files of deploy/ as they are. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const data = process.env.FORWARD_AUTH_DATA ?? join(root, '.gatewarden/forward-auth');
const { FRONT_PORT = '8443', FRONT = find('nginx') === undefined ? 'caddy' : 'nginx' } = process.env;
const fronts = { nginx, caddy };
const isFront = (name: string): name is keyof typeof fronts => Object.hasOwn(fronts, name);

const program = find(FRONT);
if (!isFront(FRONT) || program === undefined) {
  console.error(`Not on the path: ${FRONT}. FRONT=nginx or FRONT=caddy says which front proxy to run.`);
  process.exit(5);
}

try {
  await mkdir(data, { recursive: true, mode: 0o700 });
  certificateIn(data);
  const [gateway, service] = [await freePort(), await freePort()];
  const addresses = { front: Number(FRONT_PORT), gateway, service, secret: randomBytes(24).toString('base64url') };
  start(process.execPath, [join(root, 'examples/legacy-app/serve.ts')], { PORT: `${service}` });
  const settings = {
    GATEWARDEN_PORT: `${gateway}`,
    GATEWARDEN_PUBLIC_URL: `https://localhost:${FRONT_PORT}`,
    GATEWARDEN_TRUSTED_PROXIES: '127.0.0.1/32',
    GATEWARDEN_PROXY_SECRET: addresses.secret,
    GATEWARDEN_RULES: 'public read /health; operator * /operator/**; viewer read /**; user * /**',
    GATEWARDEN_DATA_DIR: join(data, 'data'),
  };
  const command = ['--conditions=gatewarden-source', '--', join(root, 'cli/index.ts'), 'run'];
  start(process.execPath, command, settings, 'Gatewarden');
  const { args, env } = await fronts[FRONT](data, addresses);
  start(program, args, env);
  for (const port of [service, gateway, addresses.front]) await listening(port);
  console.log(`\n${FRONT} asks Gatewarden about each request to https://localhost:${FRONT_PORT}\n`);
} catch (error) {
  console.error(error);
  await stopAll();
  process.exitCode = 3;
}
