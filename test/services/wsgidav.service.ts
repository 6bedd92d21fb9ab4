import { equal, match } from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service, type Tried } from './behind.ts';
import { fromDebian, fromPyPi } from './install.ts';

const installed = await fromPyPi('wsgidav', 'cheroot');
const cadaver = await fromDebian('cadaver', 'libneon27-gnutls');

const wsgidav = service({
  name: 'WsgiDAV',
  installed: cadaver.kind === 'missing' ? cadaver : installed,
  settings: { RULES: 'operator * /locked/**; viewer read /**; viewer PROPFIND /**; user * /**' },
  needs: ['`--auth=anonymous`', 'WebDAV clients sign in with any name and an API token as password'],
  async start({ port, folder, installed, env }) {
    for (const name of ['files/locked', 'files/open']) await mkdir(join(folder, name), { recursive: true });
    const args = ['--host=127.0.0.1', `--port=${port}`, `--root=${join(folder, 'files')}`, '--auth=anonymous'];
    return start(join(installed, 'bin', 'wsgidav'), args, { cwd: folder, env });
  },
});

/** Has cadaver do these commands; it signs in by `.netrc`. */
async function dav(tried: Tried, token: string, ...commands: readonly string[]): Promise<string> {
  const { folder, address, command } = tried;
  const home = join(folder, `home-${token.slice(-6)}`);
  await mkdir(home, { recursive: true });
  await writeFile(join(home, '.netrc'), `machine 127.0.0.1 login anybody password ${token}\n`, { mode: 0o600 });
  const root = cadaver.kind === 'installed' ? cadaver.folder : '';
  const env = { HOME: home, LD_LIBRARY_PATH: join(root, 'usr/lib/x86_64-linux-gnu') };
  return command(join(root, 'usr/bin/cadaver'), [`${address}/`], {
    env,
    cwd: home,
    input: `${commands.join('\n')}\nquit\n`,
  });
}

const files = ({ folder }: Tried, name: string) => join(folder, 'files', name);

wsgidav.tries('command line', '`cadaver` puts, copies, moves and lists', async (tried) => {
  await writeFile(join(tried.folder, 'note.txt'), 'low tide at noon');
  const local = join(tried.folder, 'note.txt');
  const said = await dav(
    tried,
    tried.token,
    `put ${local} open/note.txt`,
    'copy open/note.txt open/copy%20it.txt',
    'move open/note.txt open/moved.txt',
    'ls open',
  );
  match(said, /moved\.txt/);
  equal(await readFile(files(tried, 'open/moved.txt'), 'utf8'), 'low tide at noon');
});

wsgidav.tries('command line', 'no `COPY` and no `MOVE` into a folder that the rules close', async (tried) => {
  await writeFile(files(tried, 'open/wanted.txt'), 'let me in');
  const said = await dav(
    tried,
    tried.token,
    'copy open/wanted.txt locked/in.txt',
    'move open/wanted.txt locked/in.txt',
  );
  match(said, /403/);
  equal((await readdir(files(tried, 'locked'))).join(), '');
});

wsgidav.tries('command line', 'a viewer lists and reads, and writes nothing', async (tried) => {
  await writeFile(files(tried, 'open/shown.txt'), 'to be seen');
  const local = join(tried.folder, 'shown-too.txt');
  await writeFile(local, 'not to be kept');
  const said = await dav(tried, tried.viewerToken, 'ls open', 'cat open/shown.txt', `put ${local} open/kept.txt`);
  match(said, /shown\.txt[\s\S]*to be seen[\s\S]*403/);
  equal((await readdir(files(tried, 'open'))).includes('kept.txt'), false);
});

wsgidav.tries('browser', 'the listing of a folder, and a file', async (tried) => {
  await writeFile(files(tried, 'open/a page.html'), '<h1>Tides</h1>');
  const page = await tried.signedIn('/open/');
  await page.getByRole('link', { name: 'a page.html' }).click();
  await page.getByRole('heading', { name: 'Tides' }).waitFor();
});
