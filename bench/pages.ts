import { loadSettings } from '../lib/start/load-settings.ts';
import { openStores } from '../lib/stores/open.ts';
import type { Effort } from './compare.ts';
import { dataFolder, launchGateway } from './contenders/gateway.ts';
import { median } from './load.ts';
import { admin, crowded, type Extent, fillPages } from './pages/fill.ts';
import { printFirstPage } from './pages/first-page.ts';
import { cookieSigner, nameOf, newSecretKey } from './scale/people.ts';
import { missingServers, startServers } from './scale/servers.ts';
import { printTable } from './table.ts';

const smoke: Extent = { users: 500, sessions: 100, audit: 2_000 };
const full: Extent = { users: 100_000, sessions: 10_000, audit: 1_000_000 };

/** What the lists, filters and details of the administration and of the account are asked for. */
function pages(now: number): readonly string[] {
  const busy = nameOf(crowded);
  const time = (at: number) => encodeURIComponent(new Date(at).toISOString().slice(0, 16));
  return [
    ...['/admin', '/admin/users', '/admin/users?q=d', '/admin/users?role=operator', '/admin/users?state=pending'],
    ...['/admin/users?role=user&state=disabled', `/admin/users/${busy}`, '/admin/invitations', '/admin/clients'],
    ...['/admin/sessions', `/admin/sessions?user=${busy}`, '/admin/audit', `/admin/audit?actor=${busy}`],
    ...['/admin/audit?event=login.failed', `/admin/audit?event=logout&actor=${busy}&outcome=ok`],
    `/admin/audit?event=access.denied&from=${time(now - 86_400_000 * 60)}&to=${time(now - 86_400_000 * 30)}`,
    ...['/admin/audit?outcome=nothing', '/admin/rules', '/admin/settings', '/admin/health', '/account'],
    ...['/account/devices', '/account/tokens', '/account/activity'],
  ];
}

type Place = Readonly<{ name: string; env: Readonly<Record<string, string>>; given: object }>;

/** The pages with many users, sessions and records, on each engine that is here, and what the first sign-in page costs. */
export async function benchPages(effort: Effort): Promise<void> {
  const extent = effort.rounds > 1 ? full : smoke;
  await measureAt({ name: 'SQLite', env: {}, given: {} }, extent, effort);
  // The smoke mode of `scale` starts the servers.
  if (effort.rounds === 1) return;
  const missing = missingServers();
  if (missing.length > 0) return console.log(`\nleft out: pages on servers, for ${missing.join(' and ')} is not here`);
  const servers = await startServers();
  try {
    const { mongodbUrl, redisUrl } = servers.place('pages', 2);
    const env = { GATEWARDEN_MONGODB_URL: mongodbUrl, GATEWARDEN_REDIS_URL: redisUrl };
    await measureAt({ name: 'MongoDB and Redis', env, given: { mongodbUrl, redisUrl } }, extent, effort);
  } finally {
    await servers.stop();
  }
}

async function measureAt({ name, env, given }: Place, extent: Extent, effort: Effort): Promise<void> {
  const folder = await dataFolder();
  const [secretKey, now] = [newSecretKey(), Date.now()];
  try {
    await fill({ ...given, dataDir: folder.path, secretKey: [secretKey] }, extent, now);
    const gateway = await launchGateway('http://127.0.0.1:9', folder.path, {
      ...{
        ...env,
        GATEWARDEN_SECRET_KEY: secretKey,
        GATEWARDEN_LOG_LEVEL: 'warn',
        GATEWARDEN_SESSIONS_PER_USER: '10000',
      },
    });
    try {
      await printPages(name, gateway.url, cookieSigner(secretKey), now, effort);
      if (name === 'SQLite') await printFirstPage(gateway.url);
    } finally {
      await gateway.stop();
    }
  } finally {
    await folder.remove();
  }
}

async function fill(given: object, extent: Extent, now: number): Promise<void> {
  const { settings } = loadSettings({ env: {}, given, applies: 'middleware' });
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const { stores } = await openStores(settings, quiet);
  const seconds = await fillPages(stores, extent, now);
  await stores.close();
  const { users, sessions, audit } = extent;
  const filled = `${users} users, ${sessions} sessions of one of them and ${audit} records of the audit log`;
  console.log(`\n${filled} were written in ${seconds.toFixed(1)} s`);
}

/** Until its last byte, over a kept connection, in milliseconds. */
async function timeOf(url: string, cookie: string): Promise<number> {
  const startedAt = performance.now();
  const answer = await fetch(url, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
  return performance.now() - startedAt;
}

async function printPages(
  name: string,
  url: string,
  cookieOf: (n: number) => string,
  now: number,
  { rounds }: Effort,
): Promise<void> {
  const rows: string[][] = [];
  for (const path of pages(now)) {
    const cookie = cookieOf(path.startsWith('/account') ? crowded : admin);
    const first = await timeOf(`${url}/_gatewarden${path}`, cookie);
    const times: number[] = [];
    for (let at = 0; at < rounds * 10; at += 1) times.push(await timeOf(`${url}/_gatewarden${path}`, cookie));
    rows.push([path.slice(0, 64), first.toFixed(1), median(times).toFixed(1), Math.max(...times).toFixed(1)]);
  }
  printTable(`Pages on ${name}: milliseconds until the last byte`, ['', 'first', 'median', 'longest'], rows);
}
