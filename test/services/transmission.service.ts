import { match } from 'node:assert/strict';
import { join } from 'node:path';
import { freePort } from '../support/ports.ts';
import { start } from '../support/processes.ts';
import { service, type Tried } from './behind.ts';
import { fromDebian } from './install.ts';

const packages = ['transmission-common', 'transmission-cli', 'libminiupnpc17', 'libnatpmp1'];
const libraries = (installed: string) => ({ LD_LIBRARY_PATH: join(installed, 'usr/lib/x86_64-linux-gnu') });

const transmission = service({
  name: 'Transmission',
  installed: await fromDebian('transmission-daemon', ...packages),
  needs: ['`--no-auth`', '`transmission-remote --auth` takes any name and an API token as password'],
  async start({ port, folder, installed, env }) {
    const quiet = ['--no-auth', '--no-dht', '--no-lpd', '--no-portmap', '--no-global-seedratio', '--no-utp'];
    const own = [
      '--rpc-bind-address=127.0.0.1',
      `--port=${port}`,
      `--config-dir=${folder}`,
      '--bind-address-ipv4=127.0.0.1',
    ];
    const args = ['--foreground', ...own, `--peerport=${await freePort()}`, ...quiet];
    const web = { TRANSMISSION_WEB_HOME: join(installed, 'usr/share/transmission/web') };
    const all = { ...env, ...libraries(installed), ...web };
    return start(join(installed, 'usr/bin/transmission-daemon'), args, { cwd: folder, env: all });
  },
});

const magnet = 'magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=tide-tables';

function remote({ gateway, installed, token, command }: Tried, ...args: string[]): Promise<string> {
  const given = [`127.0.0.1:${gateway.port}`, `--auth=grace:${token}`, ...args];
  return command(join(installed, 'usr/bin/transmission-remote'), given, { env: libraries(installed) });
}

transmission.tries('command line', '`transmission-remote` adds and lists', async (tried) => {
  match(await remote(tried, '--add', magnet), /success/);
  match(await remote(tried, '--list'), /tide-tables/);
});

transmission.tries('browser', 'its page lists what was added', async ({ signedIn }) => {
  const page = await signedIn('/transmission/web/');
  await page.getByText('tide-tables').first().waitFor();
});
