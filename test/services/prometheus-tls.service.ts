import { match } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../support/processes.ts';
import { service } from './behind.ts';
import { startUnpacked } from './install.ts';
import { prometheusInstalled } from './prometheus.ts';

async function selfSigned(folder: string): Promise<void> {
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=prometheus', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const made = await run('openssl', [...request, ...names, ...files]);
  if (made.code !== 0) throw new Error(`openssl ended with ${made.code}:\n${made.stderr}`);
}

const prometheus = service({
  name: 'Prometheus with a self-signed certificate, below a path',
  installed: prometheusInstalled,
  needs: [
    '`GATEWARDEN_UPSTREAM=https://127.0.0.1:9090/prometheus`, `GATEWARDEN_UPSTREAM_CA=/path/to/cert.pem`',
    '`--web.route-prefix=/prometheus --web.external-url=` the public address',
  ],
  at: ({ port, folder }) => ({
    upstream: `https://127.0.0.1:${port}/prometheus`,
    settings: { UPSTREAM_CA: join(folder, 'cert.pem') },
  }),
  async start({ port, folder, installed }) {
    await selfSigned(folder);
    await writeFile(join(folder, 'prometheus.yml'), 'scrape_configs: []');
    await writeFile(join(folder, 'web.yml'), 'tls_server_config: { cert_file: cert.pem, key_file: key.pem }');
    const files = ['prometheus.yml', 'web.yml'].map((name) => join(folder, name));
    const named = [
      `--config.file=${files[0]}`,
      `--web.config.file=${files[1]}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
    ];
    const web = [
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.route-prefix=/prometheus',
      '--web.external-url=http://localhost/',
    ];
    return startUnpacked(installed, 'usr/bin/prometheus', [...named, ...web], folder);
  },
});

prometheus.tries('browser', 'a query in its console', async ({ signedIn }) => {
  const page = await signedIn('/classic/graph?g0.expr=vector(42)&g0.tab=1');
  await page.getByRole('cell', { name: '42', exact: true }).waitFor();
});

prometheus.tries('command line', '`curl` with an API token', async ({ address, token, command }) => {
  const url = `${address}/api/v1/query?query=vector(42)`;
  match(await command('curl', ['--silent', '--oauth2-bearer', token, url]), /"42"/);
});
