import { match } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { start } from '../support/processes.ts';
import { service, type Tried } from './behind.ts';
import { fromDebian } from './install.ts';

const registryInstalled = await fromDebian('docker-registry');
const skopeo = await fromDebian('skopeo', 'libgpgme11');

const config = (folder: string, port: number) => `
version: 0.1
storage: { filesystem: { rootdirectory: ${folder}/images } }
http: { addr: '127.0.0.1:${port}' }
`;

const registry = service({
  name: 'Docker registry',
  installed: skopeo.kind === 'missing' ? skopeo : registryInstalled,
  needs: ['skopeo signs in with any name and an API token as password'],
  async start({ port, folder, installed, env }) {
    await writeFile(join(folder, 'config.yml'), config(folder, port));
    const args = ['serve', join(folder, 'config.yml')];
    return start(join(installed, 'usr/bin/docker-registry'), args, { cwd: folder, env });
  },
});

function copy(tried: Tried, args: readonly string[]): Promise<string> {
  const root = skopeo.kind === 'installed' ? skopeo.folder : '';
  const env = { LD_LIBRARY_PATH: join(root, 'usr/lib/x86_64-linux-gnu') };
  return tried.command(join(root, 'usr/bin/skopeo'), ['--insecure-policy', ...args], { env });
}

const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** An image of one small layer, as files that skopeo reads. */
async function image({ folder }: Tried): Promise<string> {
  const path = join(folder, 'image');
  await mkdir(path);
  const layer = Buffer.from('a layer of low water');
  const rootfs = { type: 'layers', diff_ids: [`sha256:${digest(layer)}`] };
  const described = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs }));
  const of = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    size: bytes.length,
    digest: `sha256:${digest(bytes)}`,
  });
  const layers = [of('application/vnd.oci.image.layer.v1.tar', layer)];
  const manifest = { schemaVersion: 2, config: of('application/vnd.oci.image.config.v1+json', described), layers };
  await writeFile(join(path, digest(layer)), layer);
  await writeFile(join(path, digest(described)), described);
  await writeFile(join(path, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(join(path, 'version'), 'Directory Transport Version: 1.1\n');
  return path;
}

registry.tries('command line', '`skopeo copy` pushes an image', async (tried) => {
  const to = `docker://127.0.0.1:${tried.gateway.port}/tides/low:1`;
  const args = [
    'copy',
    '--dest-tls-verify=false',
    `--dest-creds=grace:${tried.token}`,
    `dir:${await image(tried)}`,
    to,
  ];
  await copy(tried, args);
});

registry.tries('command line', '`skopeo inspect` reads it, as a viewer', async (tried) => {
  const from = `docker://127.0.0.1:${tried.gateway.port}/tides/low:1`;
  const args = ['inspect', '--tls-verify=false', `--creds=vera:${tried.viewerToken}`, from];
  match(await copy(tried, args), /"Name": ".*tides\/low"/);
});
