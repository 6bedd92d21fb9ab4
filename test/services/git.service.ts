import { equal, match } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, start } from '../support/processes.ts';
import { service, type Tried } from './behind.ts';
import { fromDebian, type Installed } from './install.ts';

/** lighttpd runs git's own CGI program. */
const config = (folder: string, port: number, program: string) => `
server.modules = ("mod_alias", "mod_setenv", "mod_cgi")
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${folder}/empty"
server.errorlog = "/dev/null"
alias.url = ("/git" => "${program}")
cgi.assign = ("" => "")
setenv.set-environment = ("GIT_PROJECT_ROOT" => "${folder}/repositories", "GIT_HTTP_EXPORT_ALL" => "1", "HOME" => "${folder}")
`;

const ask = async (...args: string[]) => (await run('git', args)).stdout.trim();

async function gitOverHttp(): Promise<Installed> {
  const lighttpd = await fromDebian('lighttpd');
  if (lighttpd.kind === 'missing') return lighttpd;
  const version = (await ask('--version')).replace('git version ', '');
  return { ...lighttpd, version, from: 'git http-backend in Debian lighttpd' };
}

const git = service({
  name: 'git over HTTP',
  installed: await gitOverHttp(),
  settings: { RULES: 'viewer POST /git/*/git-upload-pack; viewer read /**; user * /**' },
  needs: ['git signs in with any name and an API token as password, or by `http.extraHeader` `X-Gatewarden-Token: …`'],
  async start({ port, folder, installed, env }) {
    await mkdir(join(folder, 'repositories'), { recursive: true });
    await mkdir(join(folder, 'empty'));
    const repository = join(folder, 'repositories', 'tides.git');
    await ask('init', '--quiet', '--bare', '--initial-branch=main', repository);
    await ask('-C', repository, 'config', 'http.receivepack', 'true');
    const file = join(folder, 'lighttpd.conf');
    await writeFile(file, config(folder, port, join(await ask('--exec-path'), 'git-http-backend')));
    const args = ['-D', '-f', file, '-m', join(installed, 'usr/lib/lighttpd')];
    return start(join(installed, 'usr/sbin/lighttpd'), args, { cwd: folder, env });
  },
});

const quiet = { GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' };
const author = ['-c', 'user.name=Grace', '-c', 'user.email=grace@example.com'];

const remote = ({ address }: Tried, name: string, token: string) =>
  `${address.replace('//', `//${name}:${token}@`)}/git/tides.git`;

/** A working copy with one commit that holds `size` bytes that cannot be compressed. */
async function workingCopy({ folder, command }: Tried, name: string, size: number): Promise<string> {
  const cwd = join(folder, name);
  await mkdir(cwd);
  await command('git', ['init', '--quiet', '--initial-branch=main'], { cwd, env: quiet });
  await writeFile(join(cwd, 'tides.bin'), randomBytes(size));
  await command('git', ['add', '.'], { cwd, env: quiet });
  await command('git', [...author, 'commit', '--quiet', '--message', 'tides'], { cwd, env: quiet });
  return cwd;
}

git.tries('command line', '`git push` of 6 MB', async (tried) => {
  const cwd = await workingCopy(tried, 'pushed', 6_000_000);
  await tried.command('git', ['push', remote(tried, 'grace', tried.token), 'main'], { cwd, env: quiet });
});

git.tries('command line', '`git clone`, `git pull` as a viewer, whose push is refused', async (tried) => {
  const cwd = join(tried.folder, 'cloned');
  const from = remote(tried, 'vera', tried.viewerToken);
  await tried.command('git', ['clone', '--quiet', from, cwd], { env: quiet });
  await tried.command('git', ['pull', '--quiet'], { cwd, env: quiet });
  const change = [...author, 'commit', '--quiet', '--allow-empty', '--message', 'not mine to change'];
  await tried.command('git', change, { cwd, env: quiet });
  match(await tried.command('git', ['push', 'origin', 'main'], { cwd, env: quiet, fails: true }), /403/);
});

git.tries('command line', '`git ls-remote` with the token in a header', async (tried) => {
  const header = `http.extraHeader=X-Gatewarden-Token: ${tried.viewerToken}`;
  const args = ['-c', header, 'ls-remote', '--heads', `${tried.address}/git/tides.git`];
  match(await tried.command('git', args, { env: quiet }), /refs\/heads\/main/);
});

git.tries('command line', 'without a token git asks for a name and a password', async (tried) => {
  const args = ['ls-remote', `${tried.address}/git/tides.git`];
  const said = await tried.command('git', args, { env: quiet, fails: true });
  equal(/could not read Username/.test(said), true, said);
});
