import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The ports and the secret of the example, in place of those of the shipped files. */
export type Addresses = Readonly<{ front: number; gateway: number; service: number; secret: string }>;

/** The command of a front proxy, whose files are in `folder`. */
export type FrontCommand = Readonly<{ args: readonly string[]; env: Readonly<Record<string, string>> }>;

const deploy = fileURLToPath(new URL('../../deploy', import.meta.url));

/** Makes a certificate for localhost that browsers warn of. Throws when openssl is not there. */
export function certificateIn(folder: string): void {
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = spawnSync('openssl', ['req', '-x509', ...key, ...name, ...files]);
  if (made.status !== 0) throw new Error('openssl, which makes the certificate, is not there or failed');
}

async function copied(from: string, to: string, replacements: Readonly<Record<string, string>>): Promise<void> {
  let text = await readFile(join(deploy, from), 'utf8');
  for (const [one, other] of Object.entries(replacements)) text = text.replaceAll(one, () => other);
  await writeFile(to, text);
}

const placed = (folder: string, { gateway, service, secret }: Addresses): Readonly<Record<string, string>> => ({
  '127.0.0.1:8080': `127.0.0.1:${gateway}`,
  '127.0.0.1:3000': `127.0.0.1:${service}`,
  'put-the-PROXY_SECRET-here': secret,
  'tls/cert.pem': 'cert.pem',
  'tls/key.pem': 'key.pem',
  '/etc/nginx/': `${folder}/`,
  '/etc/caddy/': `${folder}/`,
});

/** nginx with `deploy/nginx/forward-auth.conf`. */
export async function nginx(folder: string, addresses: Addresses): Promise<FrontCommand> {
  const places = placed(folder, addresses);
  await mkdir(join(folder, 'gatewarden'), { recursive: true });
  await cp(join(deploy, 'nginx/gatewarden'), join(folder, 'gatewarden'), { recursive: true });
  await copied('nginx/gatewarden/peer.conf', join(folder, 'gatewarden/peer.conf'), places);
  await copied('nginx/forward-auth.conf', join(folder, 'front.conf'), {
    ...places,
    'listen 443 ssl': `listen 127.0.0.1:${addresses.front} ssl`,
    'wiki.example.com': 'localhost',
  });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const paths = temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  const main = `daemon off; pid ${folder}/nginx.pid; events {} http { access_log off; ${paths} include front.conf; }\n`;
  await writeFile(join(folder, 'nginx.conf'), main);
  return { args: ['-p', folder, '-c', 'nginx.conf', '-e', join(folder, 'error.log')], env: {} };
}

/** Caddy with `deploy/caddy/forward-auth.Caddyfile`. */
export async function caddy(folder: string, addresses: Addresses): Promise<FrontCommand> {
  const file = join(folder, 'Caddyfile');
  await copied('caddy/forward-auth.Caddyfile', file, {
    ...placed(folder, addresses),
    'wiki.example.com {': `localhost:${addresses.front} {`,
  });
  const options = '{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n}\n';
  await writeFile(file, options + (await readFile(file, 'utf8')));
  const env = { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  return { args: ['run', '--adapter', 'caddyfile', '--config', file], env };
}
