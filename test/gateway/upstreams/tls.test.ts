import { equal } from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { Server, TLSSocket } from 'node:tls';
import { type Certificate, certificateIn } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { gatewayTo, portOf, type TestGateway } from '../started.ts';

const host = 'site.example';
const folder = await temporaryFolder();

async function certificate(name: string, names: string): Promise<Certificate> {
  const path = join(folder.path, name);
  mkdirSync(path);
  return certificateIn(path, names);
}

const ofService = await certificate('service', 'DNS:service.internal');
const ofClient = await certificate('client', 'DNS:gateway.internal');
const ofOthers = await certificate('others', 'DNS:others.internal');

/** The connections of each service, by the kind of its URL. */
const connections: Record<string, TLSSocket[]> = { https: [], h2s: [] };
const servers: Server[] = [];
const ports: Record<string, number> = {};
let gateway: TestGateway;

/** Both ask for a client certificate, and answer with the name in it. */
const options = {
  ...ofService.options,
  ca: readFileSync(ofClient.authority),
  requestCert: true,
  rejectUnauthorized: false,
};
const peerOf = (socket: TLSSocket): string =>
  socket.authorized ? String(socket.getPeerCertificate().subjectaltname) : 'nobody';

const { authority: ca } = ofService;
const { cert, key } = ofClient;
const inFile = (fields: Readonly<Record<string, unknown>>): string => JSON.stringify(fields);

/** What a route has as `tls`, the status, and whom the service sees. */
const cases: Readonly<Record<string, readonly [tls: string, status: number, seen?: string]>> = {
  'without anything the certificate is not believed': ['{}', 502],
  'with its authority, but another name': [inFile({ ca }), 502],
  'with its authority and its name': [inFile({ ca, server_name: 'service.internal' }), 200, 'nobody'],
  'with a client certificate': [
    inFile({ ca, server_name: 'service.internal', cert, key }),
    200,
    'DNS:gateway.internal',
  ],
  'with another name': [inFile({ ca, server_name: 'other.internal' }), 502],
  'with another authority': [inFile({ ca: ofOthers.authority, server_name: 'service.internal' }), 502],
  'without verification': [inFile({ verify: false }), 200, 'nobody'],
};

const kinds = ['https', 'h2s'] as const;
const hostOf = (kind: string, at: number): string => `${kind}-${at}.${host}`;

before(async () => {
  for (const kind of kinds) {
    const server: Server = kind === 'https' ? createServer(options) : createSecureServer(options);
    server.on('request', (req, res) => void res.end(peerOf(req.socket)));
    server.on('secureConnection', (socket: TLSSocket) => connections[kind]?.push(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    ports[kind] = portOf(server);
  }
  const routes = kinds.flatMap((kind) =>
    Object.values(cases).map(([tls], at) =>
      [
        `  - host: ${hostOf(kind, at)}`,
        `    upstream: ${kind}://127.0.0.1:${ports[kind]}`,
        `    tls: ${tls}`,
        '    rules: public * /**',
      ].join('\n'),
    ),
  );
  gateway = await gatewayTo(undefined, { file: `routes:\n${routes.join('\n')}\n` });
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const sockets of Object.values(connections)) for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  await folder[Symbol.asyncDispose]();
});

for (const kind of kinds) {
  for (const [at, [title, [, status, seen]]] of Object.entries(cases).entries()) {
    test(`${kind}: ${title}: ${status}`, async () => {
      const heard = await gateway.send(hostOf(kind, at), '/');
      equal(heard.status, status);
      if (seen !== undefined) equal(heard.text, seen);
    });
  }
}

test('the service is told the name that its certificate must have', () => {
  for (const kind of kinds) {
    const names = new Set(connections[kind]?.map(({ servername }) => servername));
    equal(names.has('service.internal'), true, kind);
    equal(names.has('127.0.0.1'), false, kind);
  }
});

test('a file of TLS that has another content is used after a reload', async () => {
  const file = join(folder.path, 'authority.pem');
  const text = `routes:
  - host: ${host}
    upstream: https://127.0.0.1:${ports.https}
    tls: ${inFile({ ca: file, server_name: 'service.internal' })}
    rules: public * /**
`;
  copyFileSync(ofOthers.authority, file);
  gateway.reload(text);
  equal((await gateway.send(host, '/')).status, 502);
  copyFileSync(ofService.authority, file);
  gateway.reload(text);
  equal((await gateway.send(host, '/')).status, 200);
});
