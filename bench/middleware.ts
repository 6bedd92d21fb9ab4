import { type Contender, compare, type Effort } from './compare.ts';
import { startGuardedApp } from './contenders/gateway.ts';
import { byHand, startScript } from './contenders/index.ts';

async function contenders(): Promise<(Contender | string)[]> {
  const bare = await startScript(0, './bare-app.ts');
  const ours = await startGuardedApp();
  return [
    // The very same request: parsing a cookie is no part of what is compared.
    { name: 'bare Express, no auth', headers: ours.headers, ...bare },
    { name: 'gatewarden, authenticate and requireRole', ...ours },
    await byHand('by hand: express-session, connect-redis, passport', {}),
  ];
}

/** A signed-in GET in an Express app beside bare Express and the sessions that people put together by hand. */
export async function benchMiddleware(effort: Effort): Promise<void> {
  const all = await contenders();
  const up = all.filter((one) => typeof one !== 'string');
  try {
    await compare('A signed-in GET of 1 kB, in an Express app', up, effort);
    for (const one of all) if (typeof one === 'string') console.log(`left out: ${one}`);
  } finally {
    await Promise.all(up.map((one) => one.stop()));
  }
}
