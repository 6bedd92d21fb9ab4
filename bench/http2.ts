import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { compare, type Effort } from './compare.ts';
import { startGateway } from './contenders/gateway.ts';
import { startScript } from './contenders/index.ts';

/** The settings of a gateway with a certificate of its own. Browsers resume sessions: the handshake is paid once a connection. */
async function withTls(folder: string): Promise<NodeJS.ProcessEnv> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=bench', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
  const made = spawnSync('openssl', ['req', '-x509', ...kind, ...names], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`openssl ended with ${made.status}: ${made.stderr}`);
  return { GATEWARDEN_TLS_CERT: cert, GATEWARDEN_TLS_KEY: key };
}

/** A signed-in GET over HTTP/2 with TLS, beside HTTP/1.1 with and without. */
export async function benchHttp2(effort: Effort): Promise<void> {
  const upstream = await startScript(1, './upstream.ts');
  const plain = await startGateway(upstream.url);
  const tls = await startGateway(upstream.url, withTls);
  const contenders = [
    { name: 'HTTP/1.1', ...plain },
    { name: 'HTTP/1.1 with TLS', ...tls },
    { name: 'gatewarden, HTTP/2 with TLS (load by node:http2)', ...tls, http2: true },
  ];
  try {
    await compare('A signed-in GET of 1 kB, by protocol', contenders, effort);
  } finally {
    await Promise.all([plain, tls, upstream].map((one) => one.stop()));
  }
}
