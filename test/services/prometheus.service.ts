import { match } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { service } from './behind.ts';
import { startUnpacked } from './install.ts';
import { prometheusInstalled } from './prometheus.ts';

const config = (port: number) => `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: itself
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`;

const prometheus = service({
  name: 'Prometheus',
  installed: prometheusInstalled,
  settings: { RULES: 'viewer POST /api/v1/query; viewer POST /api/v1/query_range; viewer read /**; admin * /**' },
  needs: ['`promtool` signs in with any name and an API token as password'],
  async start({ port, folder, installed }) {
    await writeFile(join(folder, 'prometheus.yml'), config(port));
    const files = [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`];
    const args = [...files, `--web.listen-address=127.0.0.1:${port}`];
    return startUnpacked(installed, 'usr/bin/prometheus', args, folder);
  },
});

prometheus.tries(
  'command line',
  '`promtool query` as a viewer',
  async ({ address, viewerToken, installed, command }) => {
    const server = address.replace('//', `//vera:${viewerToken}@`);
    const promtool = join(installed, 'usr/bin/promtool');
    match(await command(promtool, ['query', 'instant', server, 'vector(42)']), /=> 42/);
  },
);

prometheus.tries('browser', 'a query in its console', async ({ signedIn }) => {
  const page = await signedIn('/classic/graph?g0.expr=vector(42)&g0.tab=1');
  await page.getByRole('cell', { name: '42', exact: true }).waitFor();
});
