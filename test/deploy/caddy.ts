import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Started, start } from '../support/processes.ts';
import { program } from '../support/services.ts';
import type { Setup } from './front-proxy.ts';
import { substituted } from './substituted.ts';

export const caddy = await program('caddy');

const options = (port: number, plainPort: number): string =>
  `{\n\tadmin off\n\thttps_port ${port}\n\thttp_port ${plainPort}\n\tdefault_bind 127.0.0.1\n}\n\n`;

/** Starts Caddy with a file of `deploy/caddy` as it is, but for its addresses, its certificate and the secret. */
export const caddyWith =
  (file: 'forward-auth.Caddyfile' | 'gateway.Caddyfile') =>
  async (setup: Setup): Promise<Started> => {
    const { folder, certificate, port, plainPort, gatewayPort, servicePort, secret } = setup;
    const addresses = {
      '/etc/caddy/tls/cert.pem': certificate.cert,
      '/etc/caddy/tls/key.pem': certificate.key,
      '127.0.0.1:8080': `127.0.0.1:${gatewayPort}`,
      'put-the-PROXY_SECRET-here': secret,
      ...(file === 'gateway.Caddyfile' ? {} : { '127.0.0.1:3000': `127.0.0.1:${servicePort}` }),
    };
    const text = substituted(await readFile(join('deploy/caddy', file), 'utf8'), addresses);
    await writeFile(join(folder, 'Caddyfile'), options(port, plainPort) + text);
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    const args = ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')];
    return start(caddy.path ?? 'caddy', args, { env });
  };
