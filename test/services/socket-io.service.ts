import { equal } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service, type Tried } from './behind.ts';
import { fromNpm } from './install.ts';

const server = `
const { createServer } = require('node:http');
const { Server } = require('socket.io');
const page = '<!doctype html><title>Chat</title><ul id="said"></ul><input aria-label="Say"><script src="/socket.io/socket.io.js"></script>' +
  '<script>const socket = io(); const input = document.querySelector("input");' +
  'socket.on("said", (text) => { const li = document.createElement("li"); li.textContent = socket.io.engine.transport.name + ": " + text; said.append(li); });' +
  'input.onchange = () => socket.emit("say", input.value);</script>';
const http = createServer((req, res) => res.setHeader('content-type', 'text/html').end(page));
new Server(http).on('connection', (socket) => {
  socket.on('say', (text) => socket.emit('said', socket.handshake.headers['x-forwarded-user'] + ' says ' + text));
});
http.listen(Number(process.argv[2]), '127.0.0.1');
`;

const client = `
const { io } = require('socket.io-client');
const [, , address, token, transport] = process.argv;
const socket = io(address, { transports: [transport], extraHeaders: { authorization: 'Bearer ' + token } });
socket.on('said', (text) => { console.log(text); socket.close(); });
socket.on('connect_error', (error) => { console.error(error); process.exit(1); });
socket.emit('say', 'hello by ' + transport);
`;

const socketIo = service({
  name: 'Socket.IO',
  installed: await fromNpm(['socket.io', 'socket.io-client']),
  async start({ port, folder, installed, env }) {
    await writeFile(join(folder, 'server.cjs'), server);
    await writeFile(join(folder, 'client.cjs'), client);
    return start(process.execPath, [join(folder, 'server.cjs'), String(port)], {
      env: { ...env, NODE_PATH: join(installed, 'node_modules') },
    });
  },
});

socketIo.tries('browser', 'a chat page, which goes over from polling to a WebSocket', async ({ signedIn }) => {
  const page = await signedIn();
  await page.getByLabel('Say').fill('hello');
  await page.getByLabel('Say').press('Enter');
  await page.getByText('grace says hello').waitFor();
  await page.waitForFunction('socket.io.engine.transport.name === "websocket"');
  await page.getByLabel('Say').fill('again');
  await page.getByLabel('Say').press('Enter');
  await page.getByText('websocket: grace says again').waitFor();
});

const said = ({ folder, installed, address, token, command }: Tried, transport: string) =>
  command(process.execPath, [join(folder, 'client.cjs'), address, token, transport], {
    env: { NODE_PATH: join(installed, 'node_modules') },
  });

for (const transport of ['websocket', 'polling']) {
  socketIo.tries('socket or stream', `its own client by ${transport}, with an API token`, async (tried) => {
    equal((await said(tried, transport)).trim(), `grace says hello by ${transport}`);
  });
}
