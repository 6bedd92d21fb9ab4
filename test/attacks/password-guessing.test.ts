import { deepEqual, equal, match } from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Reply } from './attacker.ts';
import { type Besieged, besieged, type Front, own, password } from './fronts.ts';

const wrong = 'not the password at all';

/** A proxy that is believed lends each request the address it names. */
const from = (address: string) => ({ 'x-forwarded-for': address });

type Door = (front: Front, username: string, password: string, more?: Record<string, string>) => Promise<Reply>;

const byForm: Door = (front, username, typed, more) =>
  front.form(`${own}/login`, { username, password: typed }, { origin: front.url, ...more });
const byApi: Door = (front, username, typed, more) =>
  front.json('POST', `${own}/api/v1/login`, { username, password: typed }, { origin: front.url, ...more });

/** The field that confirms what a cookie asks for. */
const byConfirming: Door = (front, _username, typed, more) =>
  front.json('POST', `${own}/api/v1/tokens`, { name: 'mine', current_password: typed }, { origin: front.url, ...more });
const byChanging: Door = (front, _username, typed, more) =>
  front.json(
    'PUT',
    `${own}/api/v1/account/password`,
    { current_password: typed, new_password: 'four herons by a lantern' },
    { origin: front.url, ...more },
  );

function isLimited(reply: Reply): void {
  equal(reply.status, 429);
  match(String(reply.headers['retry-after']), /^[1-9]\d*$/);
  deepEqual(reply.setCookie, []);
}

describe('guessing one person’s password', () => {
  let here: Besieged;
  before(async () => {
    here = await besieged({ trustedProxies: '127.0.0.1' });
  });
  after(() => here[Symbol.asyncDispose]());

  for (const name of ['guards', 'protect', 'gateway'] as const) {
    test(`through every door and in every spelling, five times in all (${name})`, async () => {
      const front = here[name];
      const victim = `ada-${name}`;
      await here.addUser(victim, { role: 'admin', email: `${victim}@example.com` });
      const cookie = await front.signIn(victim);
      const before = { hashes: here.hashes(), sessions: here.rows('sessions'), tokens: here.rows('api_token') };
      const tries: (readonly [Door, string])[] = [
        [byForm, victim.toUpperCase()],
        [byApi, ` ${victim.replace('a', '\uff41')} `],
        [byForm, `${victim}@example.com`],
        [byApi, `${victim}@EXAMPLE.com`],
        [byForm, victim],
      ];
      for (const [door, spelling] of tries) equal((await door(front, spelling, wrong, { cookie })).status, 401);
      equal(here.hashes(), before.hashes + 5);
      for (const [door, spelling] of [...tries, [byApi, victim] as const]) {
        isLimited(await door(front, spelling, password, { cookie }));
      }
      equal(here.hashes(), before.hashes + 5);
      deepEqual([here.rows('sessions'), here.rows('api_token')], [before.sessions, before.tokens]);
      equal((await front.ask('/inbox', { headers: { cookie } })).status, 200);
    });
  }

  for (const name of ['guards', 'protect', 'gateway'] as const) {
    test(`through a session that was left open, five times in all, and the sign-in goes on (${name})`, async () => {
      const front = here[name];
      const victim = `amy-${name}`;
      await here.addUser(victim);
      const [cookie, other] = [await front.signIn(victim), await front.signIn(victim)];
      const before = { hashes: here.hashes(), tokens: here.rows('api_token') };
      for (const door of [byConfirming, byChanging, byConfirming, byChanging, byConfirming]) {
        const reply = await door(front, '', wrong, { cookie });
        deepEqual([reply.status, reply.code], [403, 'confirmation_required']);
      }
      equal(here.hashes(), before.hashes + 5);
      for (const door of [byConfirming, byChanging]) isLimited(await door(front, '', password, { cookie }));
      equal((await byConfirming(front, '', '', { cookie })).code, 'confirmation_required');
      deepEqual([here.hashes(), here.rows('api_token')], [before.hashes + 5, before.tokens]);
      equal((await front.ask('/inbox', { headers: { cookie } })).status, 200);
      equal((await byConfirming(front, '', password, { cookie: other })).status, 201);
      equal((await byForm(front, victim, password)).status, 303);
    });

    test(`from the owner’s own address refuses nothing in the session that lives there (${name})`, async () => {
      const front = here[name];
      const victim = `abe-${name}`;
      await here.addUser(victim);
      const cookie = await front.signIn(victim);
      for (let at = 0; at < 5; at += 1) equal((await byForm(front, victim, wrong)).status, 401);
      isLimited(await byForm(front, victim, password));
      equal((await byConfirming(front, '', password, { cookie })).status, 201);
      equal((await byChanging(front, '', password, { cookie })).status, 204);
    });
  }

  test('through another front each time', async () => {
    await here.addUser('bea');
    const fronts = [...here.fronts, ...here.fronts].slice(0, 5);
    for (const front of fronts) equal((await byApi(front, 'bea', wrong)).status, 401);
    for (const front of here.fronts) isLimited(await byForm(front, 'bea', password));
  });

  test('as another member of the same IPv6 household each time', async () => {
    await here.addUser('cyd');
    const household = (last: number) => from(`2001:db8:7:7::${last.toString(16)}`);
    for (let at = 1; at <= 5; at += 1) equal((await byApi(here.gateway, 'cyd', wrong, household(at))).status, 401);
    isLimited(await byApi(here.gateway, 'cyd', password, household(99)));
    equal((await byApi(here.gateway, 'cyd', password, from('2001:db8:7:8::1'))).status, 200);
  });

  test('100 times at once: five hashes, whatever the door', async () => {
    await here.addUser('dot');
    const before = here.hashes();
    const all = Array.from({ length: 100 }, (_, at) => (at % 2 ? byForm : byApi)(here.gateway, 'dot', wrong));
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    deepEqual([statuses.filter((one) => one === 401).length, statuses.filter((one) => one === 429).length], [5, 95]);
    equal(here.hashes(), before + 5);
  });

  test('while 300 who know it come at once: each gets in or is asked for seconds, and it counts for nothing', async () => {
    await here.addUser('don');
    const office = from('198.51.100.8');
    const all = await Promise.all(
      Array.from({ length: 300 }, (_, at) => (at % 2 ? byForm : byApi)(here.gateway, 'don', password, office)),
    );
    const admitted = all.filter(({ status }) => status === 200 || status === 303);
    equal(admitted.length >= 5, true);
    for (const { status, headers } of all.filter((one) => !admitted.includes(one))) {
      equal(status === 429 || status === 503, true);
      equal(Number(headers['retry-after']) <= 5, true);
    }
    for (let at = 0; at < 4; at += 1) equal((await byApi(here.gateway, 'don', wrong, office)).status, 401);
    equal((await byApi(here.gateway, 'don', password, office)).status, 200);
  });

  test('five typing errors of one person lock nobody else in the office', async () => {
    for (const name of ['eve', 'fay', 'gil']) await here.addUser(name);
    const office = from('198.51.100.7');
    for (let at = 0; at < 5; at += 1) equal((await byForm(here.gateway, 'eve', wrong, office)).status, 401);
    // Nor does it help to go on: what is not compared any more counts for nobody else.
    for (let at = 0; at < 120; at += 1) isLimited(await byApi(here.gateway, 'eve', wrong, office));
    isLimited(await byForm(here.gateway, 'eve', password, office));
    equal((await byForm(here.gateway, 'fay', password, office)).status, 303);
    equal((await byApi(here.gateway, 'gil', password, office)).status, 200);
    equal((await byForm(here.gateway, 'eve', password, from('203.0.113.9'))).status, 303);
  });

  test('from a thousand addresses locks nobody out of where they are known', async () => {
    await here.addUser('hal');
    const home = from('192.0.2.77');
    equal((await byApi(here.gateway, 'hal', password, home)).status, 200);
    const statuses: number[] = [];
    for (let at = 0; at < 110; at += 1) {
      statuses.push((await byApi(here.gateway, 'hal', wrong, from(`198.18.0.${at}`))).status);
    }
    deepEqual([statuses.indexOf(429), new Set(statuses.slice(100)).size], [100, 1]);
    equal((await byApi(here.gateway, 'hal', password, home)).status, 200);
  });
});

describe('guessing from one address', () => {
  const addresses = ['127.0.0.1', '10.1.2.3', '::ffff:10.1.2.3', 'unknown'];

  test('with another X-Forwarded-For each time, which nobody believes', async () => {
    await using here = await besieged();
    await here.addUser('ada');
    for (let at = 0; at < 5; at += 1) {
      const invented = { ...from(`203.0.113.${at}`), 'x-real-ip': `203.0.113.${at}`, forwarded: `for=203.0.113.${at}` };
      equal((await byApi(here.gateway, 'ada', wrong, invented)).status, 401);
    }
    for (const address of addresses) isLimited(await byForm(here.gateway, 'ada', password, from(address)));
    for (const address of addresses) isLimited(await byApi(here.protect, 'ada', password, from(address)));
  });

  test('10,000 invented names cost a hundred hashes and bounded rows, and block nobody else', async () => {
    await using here = await besieged({ trustedProxies: '127.0.0.1' });
    for (const name of ['ada', 'bea']) await here.addUser(name);
    const home = from('198.51.100.7');
    equal((await byApi(here.gateway, 'ada', password, home)).status, 200);
    const before = { hashes: here.hashes(), sessions: here.rows('sessions') };
    const statuses = new Map<number, number>();
    let next = 0;
    const guesser = async () => {
      for (let at = next++; at < 10_000; at = next++) {
        const { status } = await byApi(here.gateway, `invented-${at}`, wrong, home);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 20 }, guesser));
    deepEqual(Object.fromEntries(statuses), { 401: 100, 429: 9900 });
    equal(here.hashes(), before.hashes + 100);
    equal(here.rows('sessions'), before.sessions);
    // One for the address, and for each name that was compared one of its own and one with the address.
    equal(here.rows('attempts') <= 1 + 2 * (100 + 20), true, `${here.rows('attempts')} rows`);
    equal(here.rows('audit') <= 320, true, `${here.rows('audit')} records`);
    equal((await byApi(here.gateway, 'ada', password, home)).status, 200);
    equal((await byForm(here.gateway, 'bea', password, from('192.0.2.1'))).status, 303);
  });

  test('300 people behind one address sign in on their first day, and so does the next', async () => {
    await using here = await besieged({ trustedProxies: '127.0.0.1' });
    const office = from('198.51.100.9');
    const people = Array.from({ length: 300 }, (_, at) => `person-${at}`);
    for (const name of [...people, 'late']) await here.addUser(name);
    const inTurn = people.values();
    const statuses: number[] = [];
    const queue = async () => {
      for (const name of inTurn) statuses.push((await byApi(here.gateway, name, password, office)).status);
    };
    await Promise.all(Array.from({ length: 20 }, queue));
    deepEqual([...new Set(statuses)], [200]);
    equal((await byForm(here.gateway, 'late', password, office)).status, 303);
  });

  test('a flood of sign-ins leaves what is proxied unharmed', async () => {
    await using here = await besieged({ trustedProxies: '127.0.0.1' });
    await here.addUser('ada');
    const cookie = await here.gateway.signIn('ada');
    const before = here.hashes();
    here.gateway.forget();
    const flood = Array.from({ length: 300 }, (_, at) =>
      byApi(here.gateway, `name-${at}`, wrong, from(`198.18.${at % 200}.1`)),
    );
    const proxied = await Promise.all(
      Array.from({ length: 300 }, (_, at) => here.gateway.ask(`/page/${at}`, { headers: { cookie } })),
    );
    equal(
      proxied.every(({ status, text }) => status === 200 && text === 'the service'),
      true,
    );
    equal(here.gateway.seen.filter(({ user }) => user === 'ada').length, 300);
    const answers = await Promise.all(flood);
    equal(
      answers.every(({ status }) => status === 401 || status === 503),
      true,
    );
    equal(here.hashes() - before, answers.filter(({ status }) => status === 401).length);
  });
});
