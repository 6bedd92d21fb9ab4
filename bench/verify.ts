import { type Contender, compare, type Effort } from './compare.ts';
import { nginxAsking } from './contenders/configs.ts';
import { startGateway } from './contenders/gateway.ts';
import { startScript, withConfig } from './contenders/index.ts';

const endpoint = '/_gatewarden/verify/nginx';
const question = ['X-Original-URI: /', 'X-Original-Method: GET'];
const trusting = async (): Promise<NodeJS.ProcessEnv> => ({ GATEWARDEN_TRUSTED_PROXIES: '127.0.0.1/32' });

/** nginx that asks `verdict` about each request, with the headers of somebody who is signed in. */
async function nginx(name: string, upstream: string, verdict: Contender): Promise<Contender | string> {
  const proxy = await withConfig(
    'nginx',
    (port, folder) => nginxAsking(port, upstream, `${verdict.url}${endpoint}`, folder),
    (file) => ['-c', file, '-g', 'daemon off;'],
  );
  return typeof proxy === 'string' ? proxy : { name, headers: verdict.headers, ...proxy };
}

/** A forward-auth answer beside a bare 204 that is logged alike; then nginx's `auth_request` to each. */
export async function benchVerify(effort: Effort): Promise<void> {
  const upstream = await startScript(1, './upstream.ts');
  const gateway = await startGateway(upstream.url, trusting);
  const bare = { headers: gateway.headers, ...(await startScript(0, './verdict-logged.ts')) };
  const ours: Contender = { name: 'gatewarden, /verify/nginx, session cookie', ...gateway };
  const theirs: Contender = { name: 'bare node:http 204, with an access log', ...bare };
  const asked = { path: endpoint, headers: [...gateway.headers, ...question] };
  const behind = [
    await nginx('nginx, auth_request to that 204', upstream.url, theirs),
    await nginx('gatewarden, behind nginx with auth_request', upstream.url, ours),
  ];
  const up = behind.filter((one) => typeof one !== 'string');
  try {
    const direct = [theirs, ours].map((one) => ({ ...one, ...asked }));
    await compare('An answer of forward-auth', direct, effort);
    if (up.length === 2) await compare('A signed-in GET of 1 kB through nginx, which asks about it', up, effort);
    else console.log('left out: nginx is not here');
  } finally {
    await Promise.all([...up, ours, theirs].map((one) => one.stop()));
    await upstream.stop();
  }
}
