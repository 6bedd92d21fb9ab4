import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, listening, start, stopAll } from '../two-instances/processes.ts';
import { diaryApp } from './app.ts';

/* The diary and the gateway in front of it, on this machine. */

const { PORT = '8080' } = process.env;
const root = fileURLToPath(new URL('../..', import.meta.url));

try {
  const issuer = `http://localhost:${PORT}/_gatewarden`;
  const port = await freePort();
  const server = diaryApp({ issuer, audience: 'upstream' }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  // The process ends once the gateway has ended and nobody is connected.
  server.unref();
  const env = {
    GATEWARDEN_UPSTREAM: `http://127.0.0.1:${port}`,
    GATEWARDEN_PORT: PORT,
    GATEWARDEN_PUBLIC_URL: `http://localhost:${PORT}`,
    GATEWARDEN_RULES: 'public read /; user * /entries',
  };
  start(process.execPath, ['--conditions=gatewarden-source', join(root, 'cli/index.ts'), 'run'], env, 'the gateway');
  await listening(Number(PORT));
  console.log(`\nThrough the gateway: http://localhost:${PORT}   Past it: http://127.0.0.1:${port}\n`);
} catch (error) {
  console.error(error);
  await stopAll();
  process.exitCode = 3;
}
