import { once } from 'node:events';
import { loadSettings, SettingsError } from '#settings';
import { ListenError, runGateway } from '../../gateway/main.ts';
import { legacyApp } from './server.ts';

const rules = [
  'public   read   /health',
  'operator *      /operator/**',
  'viewer   read   /**',
  'user     *      /**',
].join('\n');

async function startLegacyApp(): Promise<string> {
  const server = legacyApp().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  // The demo ends with its gateway.
  server.unref();
  return `http://127.0.0.1:${address.port}`;
}

// Ends with the process that started it, however that one ends.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();

try {
  const upstream = await startLegacyApp();
  // What the environment says comes first; what it does not say, the demo does.
  const given = { upstream, ...(process.env.GATEWARDEN_RULES === undefined ? { rules } : {}) };
  const resolved = loadSettings({ env: process.env, given, applies: 'gateway' });
  const gateway = await runGateway(resolved);
  console.log(`\nHarbour Log, which knows nothing of sign-in, is behind the gateway at ${gateway.url}\n`);
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof ListenError)) throw error;
  console.error(error.message);
  process.exitCode = 5;
}
