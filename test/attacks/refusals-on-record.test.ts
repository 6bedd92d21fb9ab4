import { deepEqual, equal } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Besieged, besieged, type Front, own } from './fronts.ts';

const agent = 'a prober/1.0';
const from = (address: string) => ({ 'x-forwarded-for': address, 'user-agent': agent });

type Refused = (front: Front, headers: Record<string, string>) => Promise<unknown>;

/** What is tried, the code it is refused with, its method and the path that it is about. */
const tries: [title: string, tried: Refused, code: string, method: string, path: string][] = [
  [
    'a bearer that is none of ours',
    (front, headers) => front.ask('/inbox', { headers: { ...headers, authorization: `Bearer gwt_${'x'.repeat(36)}` } }),
    'invalid_token',
    'GET',
    '/inbox',
  ],
  [
    'a cookie that names no session',
    (front, headers) => front.ask('/inbox', { headers: { ...headers, cookie: 'gatewarden=s%3Ax.y' } }),
    'invalid_token',
    'GET',
    '/inbox',
  ],
  [
    'two Authorization headers',
    (front, headers) =>
      front.ask('/inbox?q=secret', { headers: { ...headers, authorization: ['Bearer a', 'Bearer b'] } as never }),
    'malformed_credential',
    'GET',
    '/inbox',
  ],
  [
    'another host',
    (front, headers) => front.ask('/inbox', { headers: { ...headers, host: 'evil.example' } }),
    'misdirected_host',
    'GET',
    '/inbox',
  ],
  [
    'an ambiguous path',
    (front, headers) => front.ask('/a/../inbox', { headers }),
    'ambiguous_path',
    'GET',
    '/a/../inbox',
  ],
  [
    'a form of another site',
    (front, headers) => front.form(`${own}/login`, { username: 'ada' }, { ...headers, origin: 'https://evil.example' }),
    'csrf_rejected',
    'POST',
    `${own}/login`,
  ],
  [
    'a bearer that is none of ours, on our API',
    (front, headers) => front.ask(`${own}/api/v1/tokens`, { headers: { ...headers, authorization: 'Bearer x' } }),
    'invalid_token',
    'GET',
    `${own}/api/v1/tokens`,
  ],
  [
    'a refresh token that is none of ours',
    (front, headers) =>
      front.form(
        `${own}/oauth/token`,
        { grant_type: 'refresh_token', refresh_token: `gwr_${'x'.repeat(36)}` },
        { ...headers, origin: front.url },
      ),
    'invalid_token',
    'POST',
    `${own}/oauth/token`,
  ],
];

describe('what is refused is on record', () => {
  let here: Besieged;
  before(async () => {
    here = await besieged({ trustedProxies: '127.0.0.1' });
  });
  after(() => here[Symbol.asyncDispose]());

  let last = 0;
  for (const [title, tried, code, method, path] of tries) {
    for (const name of ['guards', 'protect', 'gateway'] as const) {
      test(`${title}: where from, what with, how (${name})`, async () => {
        last += 1;
        const address = `198.51.100.${last}`;
        await tried(here[name], from(address));
        const { items } = await here.gate.audit.list({ event: 'access.denied', limit: 200 });
        deepEqual(
          items
            .filter((one) => one.address === address)
            .map(({ actor, via, agent, subject, outcome, detail }) => [actor, via, agent, subject, outcome, detail]),
          [['', 'none', agent, path, code, { method }]],
        );
      });
    }
  }

  test('that somebody has yet to sign in is nothing to record', async () => {
    const before = here.rows('audit');
    for (const front of here.fronts) equal((await front.ask('/inbox')).status, 401);
    equal(here.rows('audit'), before);
  });

  test('a role that does not suffice is recorded under the name', async () => {
    await here.addUser('vera');
    for (const front of here.fronts) {
      const cookie = await front.signIn('vera');
      equal((await front.ask('/operator/x', { headers: { cookie, ...from('203.0.113.5') } })).status, 403);
    }
    const { items } = await here.gate.audit.list({ event: 'access.denied', actor: 'vera' });
    deepEqual(
      items.map(({ via, address, subject, outcome }) => [via, address, subject, outcome]),
      here.fronts.map(() => ['session', '203.0.113.5', '/operator/x', 'insufficient_role']),
    );
  });

  test('a thousand refusals from one address cost a few records, and hide those of another', async () => {
    const bad = (address: string) =>
      here.gateway.ask('/inbox', { headers: { ...from(address), authorization: 'Bearer none-of-ours' } });
    await bad('203.0.113.8');
    const before = here.rows('audit');
    for (let at = 0; at < 1000; at += 50) await Promise.all(Array.from({ length: 50 }, () => bad('203.0.113.9')));
    equal(here.rows('audit') - before <= 40, true, `${here.rows('audit') - before} records`);
    await bad('203.0.113.8');
    const { items } = await here.gate.audit.list({ event: 'access.denied', limit: 200 });
    equal(items.filter(({ address }) => address === '203.0.113.8').length, 2);
  });
});
