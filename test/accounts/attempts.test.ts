import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attemptLimits } from '../../lib/accounts/attempts.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';

const settings = { loginMaxFailures: 5, loginWindow: 900_000, loginMaxFailuresAddress: 20, loginMaxFailuresUser: 10 };

async function open(more: Partial<typeof settings> = {}) {
  const stores = await openSqlite({ memory: true });
  const limits = attemptLimits(stores.attempts, { ...settings, ...more });
  async function fail(who: string, address: string) {
    const attempt = await limits.signIn(who, address);
    if (attempt.ok) await attempt.failed();
    return attempt.ok;
  }
  async function succeed(who: string, address: string) {
    const attempt = await limits.signIn(who, address);
    if (attempt.ok) {
      await attempt.succeeded();
      await limits.remember(who, address, 1);
    }
    return attempt.ok;
  }
  async function misconfirm(who: string, session: string) {
    const attempt = await limits.confirm(who, session);
    if (attempt.ok) await attempt.failed();
    return attempt.ok;
  }
  async function times(n: number, one: (at: number) => Promise<boolean>) {
    let passed = 0;
    for (let at = 0; at < n; at++) if (await one(at)) passed += 1;
    return passed;
  }
  return { stores, limits, fail, succeed, misconfirm, times };
}

/** How long one is told to wait, in seconds; 0 for whoever may go on. */
const waitOf = (attempt: Awaited<ReturnType<ReturnType<typeof attemptLimits>['signIn']>>) =>
  attempt.ok ? 0 : (attempt.refusal.retryAfter ?? Number.NaN);

describe('attempts to sign in', () => {
  it('are five per user and address, then told when to come again', async () => {
    const { limits, fail, times } = await open();
    equal(await times(8, () => fail('ada', '10.0.0.1')), 5);
    const last = await limits.signIn('ada', '10.0.0.1');
    ok(!last.ok);
    equal(last.refusal.code, 'rate_limited');
    ok((last.refusal.retryAfter ?? 0) > 800 && (last.refusal.retryAfter ?? 0) <= 900);
  });

  it('of one person hold up nobody else in the office', async () => {
    const { fail, times } = await open();
    await times(200, () => fail('ada', '10.0.0.1'));
    equal(await fail('bob', '10.0.0.1'), true);
  });

  it('that come all at once are not compared more often than they may fail', async () => {
    const { fail } = await open({ loginMaxFailuresAddress: 1000, loginMaxFailuresUser: 1000 });
    const passed = await Promise.all(Array.from({ length: 100 }, () => fail('ada', '10.0.0.1')));
    equal(passed.filter(Boolean).length, 5);
  });

  it('that wait for their end ask others for seconds, and for nothing once they were right', async () => {
    const { limits } = await open();
    const running = await Promise.all(Array.from({ length: 5 }, () => limits.signIn('ada', '10.0.0.1')));
    deepEqual(running.map(waitOf), [0, 0, 0, 0, 0]);
    equal(waitOf(await limits.signIn('ada', '10.0.0.1')), 2);
    for (const attempt of running) if (attempt.ok) await attempt.succeeded();
    const again = await Promise.all(Array.from({ length: 5 }, () => limits.signIn('ada', '10.0.0.1')));
    deepEqual(again.map(waitOf), [0, 0, 0, 0, 0]);
  });

  it('that run beside failures are as many as may still fail', async () => {
    const { limits, fail, times } = await open();
    await times(3, () => fail('ada', '10.0.0.1'));
    const running = await Promise.all(Array.from({ length: 10 }, () => limits.signIn('ada', '10.0.0.1')));
    equal(running.filter(({ ok }) => ok).length, 2);
    equal(Math.max(...running.map(waitOf)), 2);
  });

  it('never outnumber the limit, in whatever order they end', async () => {
    const { limits } = await open({ loginMaxFailuresAddress: 1000, loginMaxFailuresUser: 1000 });
    let compared = 0;
    const guesser = async () => {
      for (let at = 0; at < 20; at += 1) {
        const attempt = await limits.signIn('ada', '10.0.0.1');
        if (!attempt.ok) continue;
        compared += 1;
        await new Promise((resolve) => setTimeout(resolve, (at * 7) % 5));
        await attempt.failed();
      }
    };
    await Promise.all(Array.from({ length: 20 }, guesser));
    equal(compared, 5);
  });

  it('begin anew after a success', async () => {
    const { fail, succeed, times } = await open();
    await times(4, () => fail('ada', '10.0.0.1'));
    equal(await succeed('ada', '10.0.0.1'), true);
    equal(await times(8, () => fail('ada', '10.0.0.1')), 5);
  });

  it('that succeed use up no limit of the address, nor of the user', async () => {
    const { succeed, fail, times } = await open();
    equal(await times(60, () => succeed('ada', '10.0.0.1')), 60);
    equal(await times(60, (at) => succeed('ada', `10.0.1.${at}`)), 60);
    equal(await fail('bob', '10.0.0.1'), true);
  });

  it('from one address are limited a day, whatever the name', async () => {
    const { fail, times } = await open();
    equal(await times(100, (at) => fail(`invented-${at}`, '10.0.0.1')), 20);
    equal(await fail('bob', '10.0.0.2'), true);
  });

  it('of others do not hold up who has signed in from that address before', async () => {
    const { fail, succeed, times } = await open();
    await succeed('ada', '10.0.0.1');
    await times(100, (at) => fail(`invented-${at}`, '10.0.0.1'));
    equal(await succeed('ada', '10.0.0.1'), true);
    equal(await succeed('bob', '10.0.0.1'), false);
    equal(await times(8, () => fail('ada', '10.0.0.1')), 5);
  });

  it('on one user from strange addresses are limited a day, but not from those they know', async () => {
    const { fail, succeed, times } = await open();
    await succeed('ada', '10.0.0.1');
    equal(await times(40, (at) => fail('ada', `10.9.0.${at}`)), 10);
    equal(await fail('ada', '10.8.0.1'), false);
    equal(await succeed('ada', '10.0.0.1'), true);
  });

  it('of the setup count for nothing else, and for each address alone', async () => {
    const { limits, fail } = await open();
    const waits: boolean[] = [];
    for (let at = 0; at < 7; at++) waits.push((await limits.wrongSetupToken('10.0.0.1')) !== undefined);
    deepEqual(waits, [false, false, false, false, false, true, true]);
    equal(await limits.wrongSetupToken('10.0.0.2'), undefined);
    equal(await fail('ada', '10.0.0.1'), true);
  });

  it('that were withdrawn count nowhere', async () => {
    const { limits, fail, times } = await open();
    for (let at = 0; at < 50; at++) {
      const attempt = await limits.signIn('ada', '10.0.0.1');
      ok(attempt.ok);
      await attempt.withdrawn();
    }
    equal(await times(8, () => fail('ada', '10.0.0.1')), 5);
  });

  it('from IPv6 count by /64', async () => {
    const { fail, times } = await open();
    equal(await times(8, (at) => fail('ada', `2001:db8:1:2::${at}`)), 5);
    equal(await fail('ada', '2001:db8:1:3::1'), true);
  });
});

describe('the current password in a session', () => {
  it('may be wrong five times a session, and other sessions go on', async () => {
    const { misconfirm, times } = await open();
    equal(await times(8, () => misconfirm('ada', 's1')), 5);
    equal(await misconfirm('ada', 's2'), true);
  });

  it('begins anew after a right one', async () => {
    const { limits, misconfirm, times } = await open();
    await times(4, () => misconfirm('ada', 's1'));
    const right = await limits.confirm('ada', 's1');
    ok(right.ok);
    await right.succeeded();
    equal(await times(8, () => misconfirm('ada', 's1')), 5);
  });

  it('is not refused for what strangers got wrong, from the same address or everywhere', async () => {
    const { limits, fail, times } = await open();
    await times(8, () => fail('ada', '10.0.0.1'));
    await times(40, (at) => fail('ada', `10.9.0.${at}`));
    equal((await limits.confirm('ada', 's1')).ok, true);
  });

  it('is limited a day over all sessions, and then at the sign-in from strange addresses too', async () => {
    const { misconfirm, fail, succeed, times } = await open();
    await succeed('ada', '10.0.0.1');
    equal(await times(40, (at) => misconfirm('ada', `s${at}`)), 10);
    equal(await fail('ada', '10.8.0.1'), false);
    equal(await succeed('ada', '10.0.0.1'), true);
  });
});
