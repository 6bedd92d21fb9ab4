import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Started, start } from '../support/processes.ts';
import { program } from '../support/services.ts';
import type { Setup } from './front-proxy.ts';
import { substituted } from './substituted.ts';

export const nginx = await program('nginx');

const main = (folder: string): string => `
user root; daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  include front.conf;
}`;

/** Starts nginx with a file of `deploy/nginx` as it is, but for its addresses, its certificate and the secret. */
export const nginxWith =
  (file: 'forward-auth.conf' | 'gateway.conf') =>
  async (setup: Setup): Promise<Started> => {
    const { folder, certificate, port, plainPort, gatewayPort, servicePort, secret } = setup;
    await cp('deploy/nginx/gatewarden', join(folder, 'gatewarden'), { recursive: true });
    const peer = join(folder, 'gatewarden/peer.conf');
    await writeFile(peer, substituted(await readFile(peer, 'utf8'), { 'put-the-PROXY_SECRET-here': secret }));
    const addresses = {
      'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
      '/etc/nginx/tls/cert.pem': certificate.cert,
      '/etc/nginx/tls/key.pem': certificate.key,
      'server 127.0.0.1:8080': `server 127.0.0.1:${gatewayPort}`,
      ...(file === 'gateway.conf'
        ? { 'listen 80': `listen 127.0.0.1:${plainPort}` }
        : { 'server 127.0.0.1:3000': `server 127.0.0.1:${servicePort}` }),
    };
    const text = await readFile(join('deploy/nginx', file), 'utf8');
    await writeFile(join(folder, 'front.conf'), substituted(text, addresses));
    await writeFile(join(folder, 'nginx.conf'), main(folder));
    return start(nginx.path ?? 'nginx', ['-p', folder, '-c', 'nginx.conf', '-e', join(folder, 'error.log')]);
  };
