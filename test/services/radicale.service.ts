import { match } from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service } from './behind.ts';
import { fromPyPi } from './install.ts';
import { password } from './people.ts';

const radicale = service({
  name: 'Radicale',
  installed: await fromPyPi('radicale', 'vdirsyncer'),
  settings: { IDENTITY_HEADERS: 'X-Remote-User=user' },
  needs: [
    '`[auth] type = http_x_remote_user`',
    'calendar clients sign in with their name and an API token as password',
  ],
  async start({ port, folder, installed, env }) {
    const hosts = `--server-hosts=127.0.0.1:${port}`;
    const storage = `--storage-filesystem-folder=${join(folder, 'collections')}`;
    const args = ['-m', 'radicale', '--config', '', hosts, storage, '--auth-type=http_x_remote_user'];
    return start(join(installed, 'bin', 'python3'), args, { cwd: folder, env });
  },
});

const event = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//gulls//breakwater//EN
BEGIN:VEVENT
UID:high-tide
DTSTAMP:20260101T000000Z
DTSTART:20260102T060000Z
SUMMARY:High tide
END:VEVENT
END:VCALENDAR
`;

const sync = (address: string, token: string) => `
[general]
status_path = "status"
[pair tides]
a = "here"
b = "there"
collections = [["tides", "tides", "tides"]]
[storage here]
type = "filesystem"
path = "here"
fileext = ".ics"
[storage there]
type = "caldav"
url = "${address}/"
username = "grace"
password = "${token}"
`;

radicale.tries('command line', '`vdirsyncer` makes a calendar and sends an event', async (tried) => {
  const { address, token, folder, installed, upstream, command } = tried;
  const cwd = join(folder, 'client');
  await mkdir(join(cwd, 'here', 'tides'), { recursive: true });
  await writeFile(join(cwd, 'here', 'tides', 'high-tide.ics'), event.replaceAll('\n', '\r\n'));
  await writeFile(join(cwd, 'config'), sync(address, token));
  const vdirsyncer = join(installed, 'bin', 'vdirsyncer');
  await command(vdirsyncer, ['--config', 'config', 'discover'], { cwd, input: 'y\ny\n' });
  await command(vdirsyncer, ['--config', 'config', 'sync'], { cwd });
  const kept = await readdir(join(folder, 'collections', 'collection-root', 'grace'));
  const asGrace = { headers: { 'x-remote-user': 'grace' } };
  match(await (await fetch(`${upstream}/grace/${kept[0]}/`, asGrace)).text(), /High tide/);
});

radicale.tries('command line', 'a wrong token is refused', async ({ address, command }) => {
  const args = ['--silent', '--include', '--user', 'grace:wrong', '--request', 'PROPFIND', `${address}/grace/`];
  match(await command('curl', args), /^HTTP\/1.1 401/);
});

radicale.tries('browser', 'its page lists the collections', async ({ signedIn }) => {
  const page = await signedIn('/.web/');
  await page.locator('#loginscene input[data-name=user]').fill('grace');
  await page.locator('#loginscene input[data-name=password]').fill(password);
  await page.locator('#loginscene').getByRole('button').click();
  await page.locator('#collectionsscene').getByText('tides').first().waitFor();
});
