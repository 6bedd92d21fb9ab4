import { match } from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service, type Tried } from './behind.ts';
import { firstMessage } from './clients.ts';
import { fromPyPi } from './install.ts';

const ownToken = 'a-token-of-jupyter-itself';
const cell = {
  cell_type: 'code',
  id: 'one',
  source: 'print(6 * 7 * 1000)',
  metadata: {},
  outputs: [],
  execution_count: null,
};
const kernel = { name: 'python3', display_name: 'Python 3', language: 'python' };
const notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec: kernel }, cells: [cell] };

const jupyter = service({
  name: 'JupyterLab',
  installed: await fromPyPi('jupyterlab'),
  needs: [
    'in a browser the token of Jupyter, once: `/lab?token=…`',
    'programs send their token of the gateway as `X-Gatewarden-Token`, beside `Authorization: token …` of Jupyter',
  ],
  async start({ port, folder, installed, env }) {
    const files = join(folder, 'files');
    await mkdir(files);
    await writeFile(join(files, 'sum.ipynb'), JSON.stringify(notebook));
    const args = ['lab', '--no-browser', '--allow-root', '--ServerApp.ip=127.0.0.1', `--ServerApp.port=${port}`];
    const more = [
      '--ServerApp.port_retries=0',
      `--ServerApp.root_dir=${files}`,
      `--IdentityProvider.token=${ownToken}`,
    ];
    const quiet = ['--LabApp.news_url=None', '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate'];
    return start(join(installed, 'bin', 'jupyter'), [...args, ...more, ...quiet], {
      cwd: folder,
      env: { ...env, JUPYTER_PREFER_ENV_PATH: '1' },
    });
  },
});

jupyter.tries('browser', 'a notebook runs its cell and saves', async ({ signedIn, address }) => {
  const page = await signedIn(`/lab/tree/sum.ipynb?token=${ownToken}`);
  await page.locator('.jp-CodeCell .cm-content').first().click();
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status=idle]').waitFor();
  await page.keyboard.press('Control+Enter');
  await page.locator('.jp-OutputArea-output', { hasText: '42000' }).waitFor();
  await page.keyboard.press('Control+s');
  await page.waitForResponse(
    (answer) => answer.url().startsWith(`${address}/api/contents/`) && answer.request().method() === 'PUT',
  );
});

jupyter.tries('browser', 'a terminal', async ({ signedIn }) => {
  const page = await signedIn(`/lab?reset&token=${ownToken}`);
  const printed = page.waitForEvent('websocket', (socket) => socket.url().includes('/terminals/websocket/'));
  await page.locator('.jp-LauncherCard', { hasText: 'Terminal' }).click();
  await (await printed).waitForEvent('framereceived');
  await page.locator('.xterm-helper-textarea').press('Enter');
  await (await printed).waitForEvent('framereceived');
});

/** What both take: our token in a field of its own, and Jupyter's in the usual one. */
const both = (token: string) => ({ 'x-gatewarden-token': token, authorization: `token ${ownToken}` });

async function newKernel({ address, token }: Tried): Promise<string> {
  const answer = await fetch(`${address}/api/kernels`, { method: 'POST', headers: both(token) });
  const made = await answer.text();
  match(made, /"id": ?"/);
  return /"id": ?"([^"]+)"/.exec(made)?.[1] ?? '';
}

jupyter.tries('command line', '`curl` with both tokens', async ({ address, token, command }) => {
  const fields = Object.entries(both(token)).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  match(await command('curl', ['--silent', ...fields, `${address}/api/contents/sum.ipynb`]), /6 \* 7/);
});

jupyter.tries('socket or stream', 'the WebSocket of a kernel', async (tried) => {
  const id = await newKernel(tried);
  const url = `${tried.address}/api/kernels/${id}/channels`;
  match(await firstMessage(url, tried.token, { headers: both(tried.token) }), /execution_state/);
});
