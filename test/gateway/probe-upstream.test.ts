import { deepEqual, equal, match } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { probeUpstream } from '../../gateway/probe-upstream.ts';
import { temporaryFolder } from '../support/folders.ts';
import { rawRequest } from '../support/http.ts';
import { freePort } from '../support/ports.ts';
import { gatewayTo, portOf, upstreamThat } from './started.ts';

test('a probe is a request: the status and the version are told, below a path too', async () => {
  await using upstream = await upstreamThat((_req, res) => void res.writeHead(404).end());
  deepEqual(await probeUpstream(`${upstream.url}/app`), { ok: true, status: 404, httpVersion: '1.1', tls: undefined });
  deepEqual(
    upstream.seen.map(({ method, target }) => [method, target]),
    [['GET', '/app/']],
  );
});

test('what answers nothing, something else, or not at all is told in words', async () => {
  const problem = async (url: string) => {
    const probe = await probeUpstream(url, { within: 500 });
    return probe.ok ? 'reached' : probe.problem;
  };
  equal(await problem(`http://127.0.0.1:${await freePort()}`), 'ECONNREFUSED');
  const ssh = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-x\r\n')).listen(0, '127.0.0.1');
  const silent = createServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await Promise.all([once(ssh, 'listening'), once(silent, 'listening')]);
  match(await problem(`http://127.0.0.1:${portOf(ssh)}`), /^HPE_\w+: what answers there is no HTTP/);
  match(
    await problem(`https://127.0.0.1:${portOf(ssh)}`),
    /^(EPROTO: what answers there speaks no TLS|ECONNRESET|ERR_SSL)/,
  );
  equal(await problem(`http://127.0.0.1:${portOf(silent)}`), 'no answer within 0.5 seconds');
  ssh.close();
  silent.close();
});

test('a self-signed upstream is refused, and reached with its authority named', async () => {
  await using folder = await temporaryFolder();
  const [key, cert] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
  const files = ['-keyout', key, '-out', cert];
  const subject = ['-subj', '/CN=backend', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject], {
    stdio: 'ignore',
  });
  const server = createHttpsServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (_req, res) => void res.end('tls'),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${portOf(server)}`;
  match(JSON.stringify(await probeUpstream(url)), /SELF_SIGNED_CERT: .*GATEWARDEN_UPSTREAM_CA/);
  deepEqual(await probeUpstream(url, { ca: cert }), { ok: true, status: 200, httpVersion: '1.1', tls: 'TLSv1.3' });
  await using distrusting = await gatewayTo(url);
  equal((await fetch(`${distrusting.url}/public/x`)).status, 502);
  await using trusting = await gatewayTo(url, { options: { upstreamCa: cert } });
  // Checked by the upstream's address, whatever host the client asked for.
  for (const host of ['localhost', '127.0.0.1']) {
    const heard = await rawRequest(
      trusting.port,
      `GET /public/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    match(heard, /^HTTP\/1\.1 200 [\s\S]*tls$/);
  }
  server.close();
  server.closeAllConnections();
});
