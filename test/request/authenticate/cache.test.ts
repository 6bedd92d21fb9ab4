import { equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Invalidation } from '../../../lib/invalidation/bus.ts';
import { localBus } from '../../../lib/invalidation/local.ts';
import { type CachedCredential, credentialCache } from '../../../lib/request/authenticate/cache.ts';
import { principals } from '../../../lib/request/authenticate/principal.ts';
import { ladder } from '../../../lib/request/authorize/roles.ts';
import { scopeTable } from '../../../lib/request/authorize/scopes.ts';
import { ada } from './installation.ts';

const roles = ladder();
const { ofUser } = principals(roles, scopeTable('', roles));
const lifetime = 1000;

/** A cache on a clock that the test moves, and what it may keep. */
function installed() {
  const time = { now: 1_000_000 };
  const bus = localBus();
  const cache = credentialCache({ bus, clock: () => time.now, lifetime });
  const principal = ofUser(ada(), { via: 'session', sessionId: 's1' });
  const entry = (): CachedCredential => ({
    principal,
    until: Number.POSITIVE_INFINITY,
    touchAt: Number.POSITIVE_INFINITY,
  });
  const isKnown = () => cache.get('session', 'key', time.now) !== undefined;
  return { time, bus, cache, entry, isKnown };
}

describe('what is cache of a credential', () => {
  it('is believed for its lifetime, and for a credential of its own kind only', async () => {
    const { time, cache, entry, isKnown } = installed();
    await cache.fill('key', async () => entry());
    equal(isKnown(), true);
    for (const via of ['api-token', 'access-token', 'auto-login'] as const) {
      equal(cache.get(via, 'key', time.now), undefined);
    }
    time.now += lifetime;
    equal(isKnown(), false);
  });

  it('is as old as the question, however long the store took to answer', async () => {
    const { time, cache, entry, isKnown } = installed();
    await cache.fill('key', async () => {
      time.now += lifetime - 1;
      return entry();
    });
    equal(isKnown(), true);
    time.now += 1;
    equal(isKnown(), false);
  });

  it('is not believed once the clock was put back: nobody knows how old it is', async () => {
    const { time, cache, entry, isKnown } = installed();
    await cache.fill('key', async () => entry());
    time.now -= 3_600_000;
    equal(isKnown(), false);
  });

  const messages: readonly Invalidation[] = [
    { kind: 'session', id: 's1' },
    { kind: 'user', id: 'u_ada' },
    { kind: 'all', id: '' },
  ];
  for (const message of messages) {
    it(`is forgotten at the word that ${message.kind} ${message.id} changed, and not kept when it was read before`, async () => {
      const { bus, cache, entry, isKnown } = installed();
      await cache.fill('key', async () => entry());
      await bus.publish(message);
      equal(isKnown(), false);
      await cache.fill('key', async () => {
        const read = entry();
        await bus.publish(message);
        return read;
      });
      equal(isKnown(), false);
    });
  }
});
