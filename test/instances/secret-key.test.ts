import { equal, match } from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gatewardenCommand } from '../support/command.ts';
import { temporaryFolder } from '../support/folders.ts';
import { startGateway } from '../support/gateway.ts';
import { startLegacyApp } from '../support/installation.ts';
import { redisServer } from '../support/redis.ts';
import { type Servers, secretKey, sharedSettings, startServers } from './fleet.ts';

const another = 'QW5vdGhlciBrZXkgdGhhdCBpcyBub3QgdGhlIG9uZSBvZiB0aGUgc3RvcmU';

describe('the secret key of several instances', { skip: redisServer.skip }, () => {
  let servers: Servers;
  let legacy: Awaited<ReturnType<typeof startLegacyApp>>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    [servers, legacy, folder] = await Promise.all([startServers(), startLegacyApp(), temporaryFolder()]);
  });
  after(async () => {
    for (const one of [servers, legacy, folder]) await one?.[Symbol.asyncDispose]();
  });

  const run = (settings: Readonly<Record<string, string>>, args = ['run', '--upstream', legacy.url]) =>
    gatewardenCommand(args, { settings: { ...settings, DATA_DIR: folder.path, PORT: '0' } });

  for (const name of ['MONGODB_URL', 'REDIS_URL'] as const) {
    it(`is asked for with ${name}: without it no start, exit 5`, async () => {
      const { code, stderr } = await run({ [name]: servers.urls[name] });
      equal(code, 5);
      match(stderr, /SECRET_KEY: is needed with MONGODB_URL or REDIS_URL/);
    });
  }

  /** A gateway on this key starts, and ends again. */
  const started = async (settings: Readonly<Record<string, string>>) => {
    const gateway = await startGateway({ upstream: legacy.url, settings: { ...settings, DATA_DIR: folder.path } });
    await gateway[Symbol.asyncDispose]();
  };

  async function isFound(settings: Readonly<Record<string, string>>, args: string[]): Promise<void> {
    const { code, stderr } = await run({ ...settings, SECRET_KEY: another }, args);
    equal(code, 5);
    match(stderr, /SECRET_KEY: the store was made with another key/);
    equal(stderr.includes(another) || stderr.includes(secretKey), false);
  }

  const commands = () => [['run', '--upstream', legacy.url], ['check'], ['user', 'list', '--local']];
  const stores: readonly [what: string, urlsOf: (urls: Servers['urls']) => Readonly<Record<string, string>>][] = [
    ['MongoDB', ({ MONGODB_URL }) => ({ MONGODB_URL: MONGODB_URL.replace('gatewarden', 'alone') })],
    ['Redis', ({ REDIS_URL }) => ({ REDIS_URL: `${REDIS_URL}/1` })],
    ['both', (urls) => urls],
  ];
  for (const [what, urlsOf] of stores) {
    it(`with ${what}, when it is another than the store was made with, is found at the start: exit 5`, async () => {
      const settings = { ...sharedSettings, ...urlsOf(servers.urls) };
      await started(settings);
      await Promise.all(commands().map((args) => isFound(settings, args)));
    });
  }

  it('of an empty store is not decided by a look at it, and can be replaced in the end', async () => {
    const settings = { ...sharedSettings, ...servers.urls, MONGODB_URL: servers.mongod.url('rotated') };
    const renewed = { ...settings, SECRET_KEY: another };
    equal((await run(renewed, ['check', '--upstream', legacy.url])).code, 0);
    await started(settings);
    await started({ ...settings, SECRET_KEY: `${another},${secretKey}` });
    await started(renewed);
  });
});
