import { doesNotMatch, equal, match } from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { certificateIn } from '../support/certificates.ts';
import { temporaryFolder } from '../support/folders.ts';
import { plainEnvironment } from '../support/gateway.ts';
import { freePort } from '../support/ports.ts';
import { run } from '../support/processes.ts';
import { redisServer, startRedis } from '../support/redis.ts';

const { skip } = redisServer;

async function folderOf(t: TestContext): Promise<string> {
  const folder = await temporaryFolder();
  t.after(() => folder[Symbol.asyncDispose]());
  return folder.path;
}

/** A server with a port for TLS, whose certificate is for `name`. */
async function secured(t: TestContext, name?: string) {
  const { authority, key, cert } = await certificateIn(await folderOf(t), name);
  const tlsPort = await freePort();
  const port = ['--tls-port', String(tlsPort), '--tls-auth-clients', 'no', '--requirepass', 'sesame'];
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', authority];
  const server = await startRedis([...port, ...files]);
  t.after(() => server[Symbol.asyncDispose]());
  return { url: `rediss://:sesame@127.0.0.1:${tlsPort}`, plainPort: server.port, authority };
}

/** What a process prints that opens the stores and trusts this authority besides the usual ones. */
async function opening(url: string, authority: string | undefined, patience: number): Promise<string> {
  const trusted = authority === undefined ? {} : { NODE_EXTRA_CA_CERTS: authority };
  const { NODE_EXTRA_CA_CERTS: _usual, ...plain } = plainEnvironment();
  const env = { ...plain, ...trusted, STORE_URL: url, PATIENCE: String(patience) };
  const child = new URL('./redis-tls-child.ts', import.meta.url).pathname;
  const { stdout, stderr } = await run(process.execPath, ['--conditions=gatewarden-source', child], { env });
  doesNotMatch(stdout + stderr, /sesame/);
  return (stdout + stderr).trim();
}

test('Redis over TLS serves, its channel too, when NODE_EXTRA_CA_CERTS names its authority', { skip }, async (t) => {
  const { url, authority } = await secured(t);
  equal(await opening(url, authority, 60_000), 'heard');
});

test('a certificate of an unknown authority fails the start, which says why', { skip }, async (t) => {
  const { url } = await secured(t);
  const { authority } = await certificateIn(await folderOf(t));
  const untrusted = /^redis at 127\.0\.0\.1:\d+ cannot be used: its certificate is not trusted$/;
  match(await opening(url, undefined, 2_000), untrusted);
  match(await opening(url, authority, 2_000), untrusted);
});

test('a certificate for another host fails the start, which says why', { skip }, async (t) => {
  const { url, authority } = await secured(t, 'DNS:elsewhere.example');
  match(await opening(url, authority, 2_000), /cannot be used: its certificate is for another name$/);
});

test('a server that speaks no TLS fails the start when TLS is asked for', { skip }, async (t) => {
  const { url, plainPort, authority } = await secured(t);
  const plain = url.replace(/\d+$/, String(plainPort));
  match(
    await opening(plain, authority, 2_000),
    /cannot be used: (it does not speak TLS|it does not answer|the connection was broken)$/,
  );
});
