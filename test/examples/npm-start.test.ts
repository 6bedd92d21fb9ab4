import { equal } from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { temporaryFolder } from '../support/folders.ts';
import { plainEnvironment } from '../support/gateway.ts';
import { freePort } from '../support/ports.ts';
import { start } from '../support/processes.ts';

const listens = async (address: string) => (await fetch(`${address}/health`).catch(() => undefined)) !== undefined;

test('a kill of npm start ends the gateway, too', async () => {
  await using folder = await temporaryFolder();
  const port = await freePort();
  const env = { ...plainEnvironment(), GATEWARDEN_DATA_DIR: folder.path, GATEWARDEN_PORT: String(port) };
  const npm = start('npm', ['start'], { env });
  const [, address = ''] = await npm.printed(/is behind the gateway at (\S+)/, 60_000);
  equal(await listens(address), true);
  process.kill(npm.pid, 'SIGTERM');
  const end = Date.now() + 30_000;
  while ((await listens(address)) && Date.now() < end) await wait(100);
  equal(await listens(address), false);
});
