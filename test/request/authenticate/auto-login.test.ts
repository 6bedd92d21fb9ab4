import { equal } from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { autoLogin } from '../../../lib/request/authenticate/auto-login.ts';
import type { RequestSource } from '../../../lib/request/extract/source.ts';
import { ada, installation } from './installation.ts';

const loopback: RequestSource = {
  address: '127.0.0.1',
  peer: '127.0.0.1',
  trusted: false,
  forwarded: false,
  proto: 'http',
  host: 'localhost:8080',
  hostname: 'localhost',
  admin: false,
};

const cases: [title: string, more: Partial<RequestSource>, networks: string[], applies: boolean][] = [
  ['from loopback', {}, ['127.0.0.0/8', '::1/128'], true],
  ['from IPv6 loopback', { address: '::1', hostname: '::1' }, ['127.0.0.0/8', '::1/128'], true],
  ['from loopback, for a host that is not of this machine', { hostname: 'evil.example' }, ['127.0.0.0/8'], false],
  ['from loopback, with a forwarding header', { forwarded: true }, ['127.0.0.0/8'], false],
  ["from a container's bridge", { address: '172.17.0.1', peer: '172.17.0.1' }, ['127.0.0.0/8'], false],
  ['from an invited network', { address: '10.0.0.7', hostname: 'nas.lan' }, ['10.0.0.0/8'], true],
  [
    'from an invited network, with a forwarding header',
    { address: '10.0.0.7', forwarded: true },
    ['10.0.0.0/8'],
    false,
  ],
  ['through a trusted proxy', { address: '10.0.0.7', forwarded: true, trusted: true }, ['10.0.0.0/8'], true],
  ['from loopback where all the world is invited, for a strange host', { hostname: 'e.example' }, ['0.0.0.0/0'], false],
  ['from nowhere that can be told', { address: '' }, ['0.0.0.0/0', '::/0'], false],
];

describe('auto-login', () => {
  let at: Awaited<ReturnType<typeof installation>>;
  beforeEach(async () => {
    at = await installation();
  });
  afterEach(() => at.close());

  const of = (networks: string[]) => autoLogin({ nameKey: 'ada', ceiling: 'viewer', networks, ...at });

  for (const [title, more, networks, applies] of cases) {
    it(`${applies ? 'signs in' : 'does not sign in'} a request ${title}`, async () => {
      await at.add(ada());
      const principal = await of(networks)({ ...loopback, ...more });
      equal(principal?.name, applies ? 'Ada' : undefined);
    });
  }

  it('gives no more than its ceiling', async () => {
    await at.add(ada({ role: 'admin' }));
    equal((await of(['127.0.0.0/8'])(loopback))?.role, 'viewer');
  });

  it('ends when its user is disabled', async () => {
    await at.add(ada());
    const act = of(['127.0.0.0/8']);
    equal((await act(loopback))?.name, 'Ada');
    await at.change({ state: 'disabled' });
    equal(await act(loopback), undefined);
  });

  it('signs nobody in while there is no such user', async () => {
    equal(await of(['127.0.0.0/8'])(loopback), undefined);
  });
});
