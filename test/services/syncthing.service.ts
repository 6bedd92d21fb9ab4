import { match } from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../support/ports.ts';
import { run, start } from '../support/processes.ts';
import { service, type Tried } from './behind.ts';
import { fromDebian } from './install.ts';

const apiKey = 'a-key-of-syncthing-itself';

/** Makes a configuration with which it talks to nobody beyond this machine. */
async function configure(program: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await run(program, ['generate', `--home=${folder}`, '--no-default-folder'], {
    env,
  });
  const file = join(folder, 'config.xml');
  const written = await readFile(file, 'utf8');
  const off = (name: string) => [new RegExp(`<${name}>[^<]*<`), `<${name}>false<`] as const;
  const changes = [
    [/<listenAddress>[^<]*</, `<listenAddress>tcp://127.0.0.1:${await freePort()}<`],
    ...['globalAnnounceEnabled', 'localAnnounceEnabled', 'relaysEnabled', 'natEnabled'].map(off),
    ...['crashReportingEnabled', 'startBrowser'].map(off),
    [/<urAccepted>[^<]*</, '<urAccepted>-1<'],
    [/<autoUpgradeIntervalH>[^<]*</, '<autoUpgradeIntervalH>0<'],
  ] as const;
  await writeFile(
    file,
    changes.reduce((text, [found, instead]) => text.replace(found, instead), written),
  );
}

const syncthing = service({
  name: 'Syncthing',
  installed: await fromDebian('syncthing'),
  needs: ['programs send `X-API-Key` of Syncthing beside their token of the gateway'],
  async start({ port, folder, installed, env }) {
    const program = join(installed, 'usr/bin/syncthing');
    await configure(program, folder, env);
    const gui = [`--gui-address=http://127.0.0.1:${port}`, `--gui-apikey=${apiKey}`];
    const args = ['serve', `--home=${folder}`, ...gui, '--no-browser', '--no-restart', '--no-upgrade'];
    // Syncthing starts itself a second time unless it is told that this is the second time.
    return start(program, args, { cwd: folder, env: { ...env, STMONITORED: 'yes' } });
  },
});

syncthing.tries('browser', 'its page adds a folder', async ({ signedIn }) => {
  const page = await signedIn();
  await page.getByText('This Device').first().waitFor();
  await page.getByRole('button', { name: 'Add Folder' }).click();
  await page.locator('#folderLabel').fill('Tide tables');
  await page.locator('#folderPath').fill('~/tides');
  await page.locator('#editFolder').getByRole('button', { name: 'Save' }).click();
  await page.locator('#folders').getByText('Tide tables').first().waitFor();
});

const asks = (token: string) => ['--silent', '--oauth2-bearer', token, '--header', `X-API-Key: ${apiKey}`];

syncthing.tries(
  'command line',
  '`curl` with an API token and `X-API-Key`',
  async ({ address, viewerToken, command }) => {
    match(await command('curl', [...asks(viewerToken), `${address}/rest/system/version`]), /"version": "v1/);
  },
);

async function newest({ address, viewerToken, command }: Tried): Promise<string> {
  const events = await command('curl', [...asks(viewerToken), `${address}/rest/events?since=0&limit=1`]);
  return /"id": (\d+)/.exec(events)?.[1] ?? '';
}

syncthing.tries('socket or stream', 'a long poll for events', async (tried) => {
  const { address, token, viewerToken, command } = tried;
  const url = `${address}/rest/events?since=${await newest(tried)}&timeout=30`;
  const heard = command('curl', [...asks(viewerToken), url]);
  const change = ['--request', 'PATCH', '--data', '{"reconnectionIntervalS":61}', `${address}/rest/config/options`];
  await command('curl', [...asks(token), ...change]);
  match(await heard, /ConfigSaved/);
});
