import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { setupTokenOf } from '../support/setup-link.ts';
import { besieged, own, password } from './fronts.ts';

const path = `${own}/setup`;

for (const name of ['guards', 'protect', 'gateway'] as const) {
  test(`the setup link used 100 times at once makes one admin, and never another (${name})`, async () => {
    await using here = await besieged();
    const front = here[name];
    const token = (await setupTokenOf(here.gate)) ?? '';
    const uses = Array.from({ length: 100 }, (_, at) => front.form(path, { token, username: `admin-${at}`, password }));
    const replies = await Promise.all(uses);
    const made = replies.filter(({ status }) => status === 303);
    deepEqual([made.length, here.rows('user'), here.rows('sessions')], [1, 1, 1]);
    equal(
      replies.every(({ status, setCookie }) => status === 303 || (status >= 400 && setCookie.length === 0)),
      true,
    );
    const cookie = (made[0]?.setCookie[0] ?? '').split(';')[0] ?? '';
    equal(/^admin-\d+ by session$/.test(await front.whoami({ cookie })), true);
    for (const again of here.fronts) {
      equal((await again.ask(path)).status, 404);
      equal((await again.form(path, { token, username: 'eve', password })).status, 404);
    }
    equal(here.rows('user'), 1);
  });
}

test('guessing the setup token is limited by address, and the right one opens all the same', async () => {
  await using here = await besieged({ trustedProxies: '127.0.0.1' });
  const from = (address: string) => ({ origin: here.gateway.url, 'x-forwarded-for': address });
  const guess = (token: string, address: string) =>
    here.gateway.form(path, { token, username: 'eve', password }, from(address));
  const statuses: number[] = [];
  for (let at = 0; at < 7; at += 1) statuses.push((await guess(`guess-${at}`, '203.0.113.9')).status);
  deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
  const token = (await setupTokenOf(here.gate)) ?? '';
  deepEqual([here.rows('user'), here.rows('sessions'), here.hashes()], [0, 0, 0]);
  equal((await guess(token, '203.0.113.9')).status, 303);
});

test('the setup from another site, in a frame without an origin, from nowhere, or for another host', async () => {
  await using here = await besieged();
  const token = (await setupTokenOf(here.gate)) ?? '';
  for (const front of here.fronts) {
    const fields = { token, username: 'eve', password };
    const tries: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      {},
      { origin: front.url, 'sec-fetch-site': 'cross-site' },
      { origin: front.url, 'sec-fetch-site': 'same-site' },
    ];
    for (const headers of tries) {
      const reply = await front.form(path, fields, headers);
      deepEqual([reply.status, reply.code, reply.setCookie], [403, 'csrf_rejected', []]);
    }
    const rebound = { origin: 'http://evil.example', host: 'evil.example' };
    equal((await front.form(path, fields, rebound)).code, 'misdirected_host');
    equal((await front.ask(path, { headers: { host: 'evil.example' } })).code, 'misdirected_host');
  }
  deepEqual([here.rows('user'), here.rows('sessions'), here.hashes()], [0, 0, 0]);
});

test('the setup page tells nobody the token', async () => {
  await using here = await besieged();
  const token = (await setupTokenOf(here.gate)) ?? '';
  for (const query of ['', '?token=', '?token=x', `?token=${token.slice(0, -1)}`, `?token=${token}`]) {
    const reply = await here.gateway.ask(`${path}${query}`);
    deepEqual([reply.status, reply.text.includes(token.slice(0, -1))], [200, false]);
  }
});

test('setup tokens of another installation, and of another key, open nothing', async () => {
  await using here = await besieged();
  await using other = await besieged();
  const token = (await setupTokenOf(other.gate)) ?? '';
  equal((await here.gateway.form(path, { token, username: 'eve', password })).status, 401);
  deepEqual([here.rows('user'), here.rows('sessions')], [0, 0]);
});
