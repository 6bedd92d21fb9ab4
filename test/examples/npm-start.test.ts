import { equal } from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { temporaryFolder } from '../support/folders.ts';
import { plainEnvironment } from '../support/gateway.ts';
import { freePort } from '../support/ports.ts';
import { start } from '../support/processes.ts';
import { onPath, program } from '../support/services.ts';

const listens = async (address: string) => (await fetch(`${address}/health`).catch(() => undefined)) !== undefined;

const needed = [await program('redis-server'), await program('caddy')];
const noStores = needed.find((one) => one.skip)?.skip || (onPath('mongod') ? false : 'mongod is not on the path');

const scripts: [args: string[], says: RegExp, skip: string | false][] = [
  [['start'], /is behind the gateway at (\S+)/, false],
  [['run', 'example:express'], /Listening on (\S+)/, false],
  [['run', 'example:two-instances'], /are one at (\S+)/, noStores],
];
for (const [args, says, skip] of scripts) {
  test(`a kill of npm ${args.join(' ')} ends what it started, too`, { skip }, async () => {
    await using folder = await temporaryFolder();
    const port = String(await freePort());
    const data = { GATEWARDEN_DATA_DIR: folder.path, TWO_INSTANCES_DATA: folder.path };
    const npm = start('npm', args, {
      env: { ...plainEnvironment(), ...data, GATEWARDEN_PORT: port, FRONT_PORT: port },
    });
    const [, address = ''] = await npm.printed(says, 60_000);
    equal(await listens(address), true);
    process.kill(npm.pid, 'SIGTERM');
    // It has ended when nobody holds its output any more.
    equal(await Promise.race([npm.ended.then(() => 'ended'), wait(30_000, 'goes on')]), 'ended');
    equal(await listens(address), false);
  });
}
