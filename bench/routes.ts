import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Contender, compare, type Effort } from './compare.ts';
import { startGateway } from './contenders/gateway.ts';
import { startScript } from './contenders/index.ts';

const host = 'h25.localhost';

/** A configuration file of as many routes: two paths of each host. The one that is loaded is among them. */
function fileOf(count: number, upstream: string): string {
  const names = count === 1 ? [host] : Array.from({ length: count / 2 }, (_, at) => `h${at}.localhost`);
  const paths = count === 1 ? ['/docs'] : ['/docs', '/api'];
  const rules = '    rules: |\n      public read /docs/static/**\n      viewer read /**\n      user * /**\n';
  const routes = names.flatMap((name) =>
    paths.map((path) => `  - host: ${name}\n    path: ${path}\n    upstream: ${upstream}\n${rules}`),
  );
  return `routes:\n${routes.join('')}`;
}

async function gatewayWith(count: number, name: string, upstream: string): Promise<Contender> {
  const gateway = await startGateway(upstream, async (folder) => {
    const file = join(folder, 'gatewarden.yaml');
    await writeFile(file, fileOf(count, upstream));
    return { GATEWARDEN_CONFIG: file };
  });
  return { name, path: '/docs/page', ...gateway, headers: [...gateway.headers, `Host: ${host}`] };
}

/** A signed-in GET through a gateway with a hundred routes of a configuration file, beside one with one. */
export async function benchRoutes(effort: Effort): Promise<void> {
  const upstream = await startScript(1, './upstream.ts');
  const contenders = [
    await gatewayWith(1, 'one route', upstream.url),
    await gatewayWith(100, 'gatewarden, a hundred routes', upstream.url),
  ];
  try {
    await compare('A signed-in GET of 1 kB, by routes of a configuration file', contenders, effort);
  } finally {
    await Promise.all([...contenders, upstream].map((one) => one.stop()));
  }
}
