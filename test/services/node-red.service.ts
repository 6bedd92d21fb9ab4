import { equal, match } from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service } from './behind.ts';
import { firstMessage } from './clients.ts';
import { fromNpm } from './install.ts';

const flows = [
  { id: 'tab', type: 'tab', label: 'Greetings' },
  { id: 'second', type: 'tab', label: 'Second' },
  { id: 'in', type: 'http in', z: 'tab', url: '/hello', method: 'get', x: 100, y: 60, wires: [['say']] },
  { id: 'say', type: 'template', z: 'tab', template: 'hello from a flow', x: 300, y: 60, wires: [['out', 'debug']] },
  { id: 'out', type: 'http response', z: 'tab', x: 500, y: 60, wires: [] },
  { id: 'debug', type: 'debug', z: 'tab', name: 'debug', active: true, tosidebar: true, x: 500, y: 120, wires: [] },
];

const settings = {
  uiHost: '127.0.0.1',
  flowFile: 'flows.json',
  telemetry: { enabled: false, updateNotification: false },
};

const nodeRed = service({
  name: 'Node-RED',
  installed: await fromNpm(['node-red']),
  async start({ port, folder, installed, env }) {
    await writeFile(join(folder, 'flows.json'), JSON.stringify(flows));
    await writeFile(join(folder, 'settings.cjs'), `module.exports = ${JSON.stringify(settings)};`);
    const program = join(installed, 'node_modules', '.bin', 'node-red');
    return start(program, ['--settings', join(folder, 'settings.cjs'), '--userDir', folder, '--port', String(port)], {
      cwd: folder,
      env,
    });
  },
});

nodeRed.tries(
  'browser',
  'the editor deploys a flow and shows its debug messages',
  async ({ signedIn, address, token }) => {
    const page = await signedIn();
    await page.addLocatorHandler(page.locator('.red-ui-tourGuide-popover'), () => page.keyboard.press('Escape'));
    await page.locator('#red-ui-header-button-deploy').waitFor();
    await page.evaluate('RED.sidebar.show("debug")');
    await page.evaluate('RED.nodes.node("say").template = "hello from a changed flow"');
    await page.evaluate(
      'RED.nodes.node("say").changed = true; RED.nodes.node("say").dirty = true; RED.nodes.dirty(true)',
    );
    await page.locator('#red-ui-header-button-deploy:not(.disabled)').click();
    await page.getByText('Successfully deployed').first().waitFor();
    const answer = await fetch(`${address}/hello`, { headers: { authorization: `Bearer ${token}` } });
    match(await answer.text(), /hello from a changed flow/);
    await page.locator('.red-ui-debug-msg', { hasText: 'hello from a changed flow' }).waitFor();
  },
);

nodeRed.tries(
  'command line',
  '`node-red-admin` with an API token',
  async ({ address, token, folder, installed, command }) => {
    const home = join(folder, 'admin');
    await mkdir(home);
    const known = { target: address, tokens: { access_token: token } };
    await writeFile(join(home, '.cli-config.json'), JSON.stringify(known));
    const program = join(installed, 'node_modules', '.bin', 'node-red-admin');
    match(await command(program, ['--userDir', home, 'list']), /node-red\/inject/);
  },
);

nodeRed.tries('socket or stream', 'the WebSocket of the editor', async ({ address, token }) => {
  match(await firstMessage(`${address}/comms`, token, { send: '{"subscribe":"notification/#"}' }), /topic/);
});

nodeRed.tries('browser', 'a link to a flow survives the sign-in', async ({ signedIn }) => {
  const page = await signedIn('/#flow/second');
  await page.locator('#red-ui-header-button-deploy').waitFor();
  equal(new URL(page.url()).hash, '#flow/second');
});
