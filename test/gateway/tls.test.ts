import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { connect, type PeerCertificate } from 'node:tls';
import { certificateWarnings, readKeyPair } from '../../gateway/listener/key-pair.ts';
import { type Certificate, certificateIn } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';

import { gatewayProcess } from './process.ts';
import { answerOn, secureGatewayTo } from './secure.ts';
import { gatewayTo, upstreamThat } from './started.ts';
import { until } from './until.ts';

const folder = await temporaryFolder();
const upstream = await upstreamThat((_req, res) => void res.end('served'));
after(async () => {
  await upstream[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function certificate(name: string): Promise<Certificate> {
  const own = join(folder.path, name);
  mkdirSync(own);
  return certificateIn(own);
}

const [first, second] = await Promise.all([certificate('first'), certificate('second')]);

/** The certificate that a new connection is shown. */
async function shownAt(port: number): Promise<PeerCertificate> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const shown = socket.getPeerCertificate();
  socket.destroy();
  return shown;
}

const serialOf = async (port: number): Promise<string> => (await shownAt(port)).serialNumber;

test('a certificate that is replaced is used for new connections; open ones go on', async () => {
  await using gateway = await secureGatewayTo(upstream.url);
  const open = gateway.connect();
  equal((await answerOn(open.request({ ':path': '/public/x' }))).body, 'served');
  const before = await serialOf(gateway.port);
  renameSync(second.key, gateway.certificate.key);
  renameSync(second.cert, gateway.certificate.cert);
  await until(async () => ok((await serialOf(gateway.port)) !== before));
  equal((await answerOn(open.request({ ':path': '/public/x' }))).body, 'served');
  const said = gateway.lines.find(({ message }) => /certificate has changed/.test(String(message)));
  match(String(said?.names), /127\.0\.0\.1/);
  open.close();
});

test('a link that is pointed at other files is followed, and a bad pair keeps the one before', async () => {
  const [third, fourth] = await Promise.all([certificate('third'), certificate('fourth')]);
  const link = join(folder.path, 'current');
  symlinkSync(join(folder.path, 'third'), link);
  const options = { tlsCert: join(link, 'cert.pem'), tlsKey: join(link, 'key.pem') };
  await using gateway = await gatewayTo(upstream.url, { options });
  const before = await serialOf(gateway.port);
  copyFileSync(fourth.key, third.key);
  await until(() => match(JSON.stringify(gateway.lines), /key\.pem is not the key of the certificate/));
  equal(await serialOf(gateway.port), before);
  symlinkSync(join(folder.path, 'fourth'), `${link}.next`);
  renameSync(`${link}.next`, link);
  await until(async () => ok((await serialOf(gateway.port)) !== before));
});

test('a key of another certificate, and files that are neither, stop the start', async () => {
  const start = (tlsCert: string, tlsKey: string) => gatewayTo(upstream.url, { options: { tlsCert, tlsKey } });
  const text = join(folder.path, 'text');
  writeFileSync(text, 'neither');
  await rejects(start(first.cert, first.authority), /TLS_KEY: .* holds no private key/);
  await rejects(start(text, first.key), /TLS_CERT: .*text holds no certificate/);
  await rejects(start(join(folder.path, 'nothing'), first.key), /TLS_CERT: .*nothing cannot be read/);
  const other = join(folder.path, 'first', 'ca-key.pem');
  await using running = await gatewayProcess(upstream.url, {
    GATEWARDEN_TLS_CERT: first.cert,
    GATEWARDEN_TLS_KEY: other,
  });
  equal(await running.gateway.ended, 5);
  match(running.gateway.stderr, /TLS_KEY: .*ca-key\.pem is not the key of the certificate in .*cert\.pem/);
});

test('HTTP without TLS is refused, and the log says so', async () => {
  await using gateway = await secureGatewayTo(upstream.url);
  const asked = request(`http://127.0.0.1:${gateway.port}/public/x`).end();
  await once(asked, 'error');
  const causes = () => gateway.lines.map(({ cause }) => cause);
  await until(() => deepEqual(causes(), ['ERR_SSL_HTTP_REQUEST']));
});

test('what browsers will refuse in a certificate is a warning', () => {
  const pair = readKeyPair(first);
  const [now, day] = [Date.now(), 24 * 3600 * 1000];
  deepEqual(certificateWarnings(pair, { publicUrl: 'https://127.0.0.1:8443' }, now), []);
  deepEqual(certificateWarnings(pair, { publicUrl: undefined }, now), []);
  match(
    certificateWarnings(pair, { publicUrl: 'https://app.example.com' }, now)[0] ?? '',
    /does not name app\.example\.com/,
  );
  match(certificateWarnings(pair, { publicUrl: undefined }, now + 3 * day)[0] ?? '', /has expired/);
  match(certificateWarnings(pair, { publicUrl: undefined }, now - day)[0] ?? '', /is valid from/);
});
