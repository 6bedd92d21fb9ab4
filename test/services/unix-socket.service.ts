import { equal, match } from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service } from './behind.ts';
import { fromDebian } from './install.ts';

const config = (folder: string) => `
server.modules = ("mod_accesslog")
server.bind = "${folder}/lighttpd.sock"
server.document-root = "${folder}/files"
server.errorlog = "/dev/null"
mimetype.assign = (".html" => "text/html")
`;

const lighttpd = service({
  name: 'lighttpd on a Unix socket',
  installed: await fromDebian('lighttpd'),
  needs: ['`GATEWARDEN_UPSTREAM=http://unix:/path/to/lighttpd.sock`'],
  at({ folder }) {
    const socket = join(folder, 'lighttpd.sock');
    return { upstream: `http://unix:${socket}`, socket };
  },
  async start({ folder, installed, env }) {
    await mkdir(join(folder, 'files'));
    await writeFile(join(folder, 'files', 'tides.html'), '<h1>Tides</h1>');
    await writeFile(join(folder, 'lighttpd.conf'), config(folder));
    const args = ['-D', '-f', join(folder, 'lighttpd.conf'), '-m', join(installed, 'usr/lib/lighttpd')];
    return start(join(installed, 'usr/sbin/lighttpd'), args, { cwd: folder, env });
  },
});

lighttpd.tries('browser', 'a page', async ({ signedIn }) => {
  const page = await signedIn('/tides.html');
  equal(await page.getByRole('heading').textContent(), 'Tides');
});

lighttpd.tries('command line', '`curl` with an API token', async ({ address, token, command }) => {
  match(await command('curl', ['--silent', '--oauth2-bearer', token, `${address}/tides.html`]), /Tides/);
});
