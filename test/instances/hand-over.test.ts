import { deepEqual, equal } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { temporaryFolder } from '../support/folders.ts';
import { adminPassword } from '../support/gateway.ts';
import { type Browser, browserOn, signIn } from '../support/many-hosts.ts';
import { redisServer } from '../support/redis.ts';
import { until } from './asking.ts';
import { type Pair, promise, startPair } from './pair.ts';

const skip = redisServer.skip;
const own = '/_gatewarden';
const [auth, wiki, git] = ['http://auth.localhost', 'http://wiki.localhost', 'http://git.localhost'] as const;

describe('sign-in for many hosts at two instances on one MongoDB and one Redis', { skip }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let pair: Pair;
  let port: number;
  before(async () => {
    folder = await temporaryFolder();
    const file = join(folder.path, 'gatewarden.yaml');
    // The upstream is not reached: what is behind a host is its page below PREFIX.
    const routes = ['wiki', 'git'].map((name) => `  - { host: ${name}.localhost, upstream: "http://127.0.0.1:9" }`);
    await writeFile(file, ['sign_in: public-url', 'routes:', ...routes].join('\n'));
    pair = await startPair({ settings: { PUBLIC_URL: auth, CONFIG: file } });
    [port] = ports();
  });
  after(async () => {
    await pair?.[Symbol.asyncDispose]();
    await folder?.[Symbol.asyncDispose]();
  });

  const ports = (): [number, number] => [pair.one.gateway.port, pair.other.gateway.port];
  const browser = (): Browser => browserOn(() => port);

  async function signedIn(): Promise<Browser> {
    const one = browser();
    await signIn(one, await one.visit(`${auth}${own}/login`), { username: 'ada', password: adminPassword });
    return one;
  }

  /** The link with the code; each step at the other instance than the one before. */
  async function codeLink(one: Browser, host: string): Promise<string> {
    const [first, second] = ports();
    port = first;
    const started = await one.go(`${host}${own}/login?next=%2F`);
    port = second;
    const handed = await one.go(started.headers.location ?? '');
    port = first;
    return handed.headers.location ?? '';
  }

  /** The browser is somebody there: the sign-in page leads on. */
  const isKnown = async (one: Browser, host: string, at: number): Promise<boolean> => {
    port = at;
    return (await one.go(`${host}${own}/login`)).headers.location === '/';
  };

  it('a code made at one is redeemed at the other, once by 100 at both', async () => {
    const one = await signedIn();
    const link = await codeLink(one, wiki);
    const { cookies } = one;
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, at) => {
        const same = browserOn(ports()[at % 2] ?? 0);
        same.cookies = [...cookies];
        return same.go(link).then(({ headers }) => ({ set: String(headers['set-cookie'] ?? ''), jar: same }));
      }),
    );
    const arrived = replies.filter(({ set }) => set.includes('gatewarden=s%3A'));
    equal(arrived.length, 1);
    const { jar = one } = arrived[0] ?? {};
    for (const at of ports()) equal(await isKnown(jar, wiki, at), true);
  });

  it('a sign-out at one host and instance holds at the others within a second', async () => {
    const one = await signedIn();
    for (const host of [wiki, git]) await one.go(await codeLink(one, host));
    const [first, second] = ports();
    deepEqual([await isKnown(one, wiki, first), await isKnown(one, git, second)], [true, true]);
    port = first;
    const out = await one.post(`${wiki}${own}/logout`, {});
    equal(out.status, 303);
    const gone = async () => !(await isKnown(one, git, second)) && !(await isKnown(one, auth, second));
    await until(gone, 'the other instance knows of the sign-out', promise * 5);
  });

  it('a code of a session that was ended at the other is of no use', async () => {
    const one = await signedIn();
    const link = await codeLink(one, wiki);
    port = ports()[1];
    equal((await one.post(`${auth}${own}/logout`, {})).status, 303);
    port = ports()[0];
    equal((await one.go(link)).status, 400);
  });
});
