/** An app of somebody who has installed the package: it runs on plain Node against the tarball, not against the sources. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { gatewarden } from 'gatewarden';

const gate = await gatewarden({ dataDir: './data', logLevel: 'silent' });
const app = express();
app.use('/auth', gate.router());
app.use(gate.authenticate());
app.get('/open', (req, res) => void res.json({ kind: req.auth.kind }));
app.get('/closed', gate.requireRole('viewer'), (_req, res) => void res.send('closed'));

const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const answers = [];
for (const path of ['/open', '/closed', '/auth/login']) {
  answers.push((await fetch(`http://127.0.0.1:${port}${path}`)).status);
}
console.log(JSON.stringify({ from: import.meta.resolve('gatewarden'), answers }));
server.close();
await gate.close();
