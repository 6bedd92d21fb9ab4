import { match } from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service, type Tried } from './behind.ts';
import { fromNpm } from './install.ts';

const config = (folder: string) => `
storage: ${folder}/storage
web: { enable: true, title: Packages }
auth: { htpasswd: { file: ${folder}/htpasswd, max_users: -1 } }
uplinks: {}
packages: { '**': { access: $all, publish: $all } }
log: { type: stdout, format: pretty, level: warn }
`;

const verdaccio = service({
  name: 'Verdaccio',
  // One of its dependencies asks for a tag of node-fetch that not every registry keeps.
  installed: await fromNpm(['verdaccio'], { 'node-fetch': '^2.7.0' }),
  needs: [
    '`publish: $all` in its `packages`: the gateway decides who may publish',
    '`_authToken` in `.npmrc` is an API token of the gateway',
  ],
  async start({ port, folder, installed, env }) {
    await writeFile(join(folder, 'config.yaml'), config(folder));
    const program = join(installed, 'node_modules', '.bin', 'verdaccio');
    const args = ['--config', join(folder, 'config.yaml'), '--listen', `127.0.0.1:${port}`];
    return start(program, args, { cwd: folder, env });
  },
});

/** A package in a folder of its own, and an `.npmrc` that knows the gateway and this token. */
async function project(tried: Tried, name: string, token: string): Promise<string> {
  const folder = join(tried.folder, encodeURIComponent(`${name}-${token.slice(-6)}`));
  await mkdir(folder, { recursive: true });
  const described = { name, version: '1.0.0', description: 'a greeting', main: 'index.js', license: 'MIT' };
  await writeFile(join(folder, 'package.json'), JSON.stringify(described));
  await writeFile(join(folder, 'index.js'), "module.exports = 'hello from behind the gateway';\n");
  await writeFile(join(folder, 'README.md'), '# A greeting\n');
  const place = tried.address.replace('http:', '');
  await writeFile(join(folder, '.npmrc'), `registry=${tried.address}/\n${place}/:_authToken=${token}\n`);
  return folder;
}

verdaccio.tries('command line', '`npm publish` with a plain name', async (tried) => {
  const cwd = await project(tried, 'plain-greeting', tried.token);
  await tried.command('npm', ['publish'], { cwd });
});

verdaccio.tries('command line', '`npm publish` with a scoped name', async (tried) => {
  const cwd = await project(tried, '@gate/greeting', tried.token);
  await tried.command('npm', ['publish', '--access', 'public'], { cwd });
});

verdaccio.tries('command line', '`npm view` and `npm install` of both, as a viewer', async (tried) => {
  const cwd = await project(tried, 'reader', tried.viewerToken);
  match(await tried.command('npm', ['view', '@gate/greeting', 'description'], { cwd }), /a greeting/);
  await tried.command('npm', ['install', '--no-audit', '@gate/greeting', 'plain-greeting'], { cwd });
  const both = "console.log(require('@gate/greeting') + require('plain-greeting'))";
  match(await tried.command('node', ['--eval', both], { cwd }), /behind the gatewayhello/);
});

verdaccio.tries('command line', 'a viewer who publishes is refused', async (tried) => {
  const cwd = await project(tried, '@gate/refused', tried.viewerToken);
  match(await tried.command('npm', ['publish', '--access', 'public'], { cwd, fails: true }), /E403/);
});

verdaccio.tries('browser', 'the list and the page of a package', async ({ signedIn, address }) => {
  const page = await signedIn();
  await page.getByText('plain-greeting').first().waitFor();
  await page.goto(`${address}/-/web/detail/@gate/greeting`);
  await page.getByRole('heading', { name: 'A greeting' }).first().waitFor();
});
