import { equal } from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { localBus } from '../../lib/invalidation/local.ts';
import { dependOn, principals } from '../../lib/request/authenticate/principal.ts';
import { ladder } from '../../lib/request/authorize/roles.ts';
import { scopeTable } from '../../lib/request/authorize/scopes.ts';
import { type Connections, openConnections } from '../../lib/request/connections.ts';
import type { Decision } from '../../lib/request/decide.ts';
import type { Principal } from '../../lib/types.ts';

const ada: Principal = {
  kind: 'user',
  id: 'u_ada',
  name: 'ada',
  role: 'user',
  scopes: [],
  via: 'session',
  sessionId: 's1',
  tokenId: 't1',
};
const nobody: Principal = { kind: 'anonymous', id: '', name: '', role: 'anony', scopes: [], via: 'none' };
const source = {
  address: '',
  peer: '',
  trusted: false,
  forwarded: false,
  proto: 'http',
  host: '',
  hostname: '',
  admin: false,
} as const;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('an open socket or stream', () => {
  let bus: ReturnType<typeof localBus>;
  let watch: Connections;
  let answer: () => Decision;
  let decide: () => Promise<Decision>;
  let judged: number;
  let ended: number;
  const end = () => {
    ended += 1;
  };

  const allow = (principal: Principal = ada): Decision => ({
    allow: true,
    principal,
    source,
    passAuthorization: false,
    clearCookie: false,
  });
  const deny = (): Decision => ({
    allow: false,
    principal: nobody,
    refusal: { code: 'token_revoked' },
    clearCookie: true,
    retry: false,
  });

  beforeEach(() => {
    bus = localBus();
    answer = allow;
    judged = 0;
    ended = 0;
    decide = async () => {
      judged += 1;
      return answer();
    };
    watch = openConnections({ bus, clock: Date.now });
  });
  afterEach(() => watch.close());

  const messages = [
    { kind: 'session', id: 's1' },
    { kind: 'token', id: 't1' },
    { kind: 'user', id: 'u_ada' },
    { kind: 'all', id: '' },
  ] as const;
  for (const message of messages) {
    it('of two credentials is decided on again when any session or token ends', async () => {
      const { lowerOf } = principals(ladder(), scopeTable('', ladder()));
      const both = lowerOf(ada, { ...ada, via: 'access-token', sessionId: 's2', tokenId: undefined });
      watch.watch(decide, both, end);
      await settled();
      answer = deny;
      await bus.publish({ kind: 'session', id: 's2' });
      await settled();
      equal(ended, 1);
    });

    it(`ends when a message on its ${message.kind} finds it no longer allowed`, async () => {
      watch.watch(decide, ada, end);
      await settled();
      equal(ended, 0);
      answer = deny;
      await bus.publish(message);
      await settled();
      equal(ended, 1);
    });
  }

  it('of a minted token is decided on again when a message names its minter', async () => {
    const minted = { ...ada };
    dependOn(minted, ['user:u_ada', 'user:u_minter']);
    watch.watch(decide, minted, end);
    await settled();
    answer = deny;
    await bus.publish({ kind: 'user', id: 'u_other', version: 2 });
    await settled();
    equal(ended, 0);
    await bus.publish({ kind: 'user', id: 'u_minter', version: 2 });
    await settled();
    equal(ended, 1);
  });

  it('is decided on by a clock that cannot be set, so that a wall clock set back delays no round', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const time = { monotonic: 0, wall: 1_000_000 };
    const other = openConnections({ bus, clock: () => time.wall, monotonic: () => time.monotonic });
    other.watch(decide, ada, end);
    await settled();
    answer = deny;
    time.wall -= 3_600_000;
    time.monotonic += 15_000;
    t.mock.timers.tick(400);
    await settled();
    equal(ended, 1);
    other.close();
  });

  it('goes on when it is still allowed, and does not heed what is said of others', async () => {
    watch.watch(decide, ada, end);
    await settled();
    judged = 0;
    await bus.publish({ kind: 'session', id: 's2' });
    await bus.publish({ kind: 'user', id: 'u_bob' });
    equal(judged, 0);
    await bus.publish({ kind: 'user', id: 'u_ada' });
    await settled();
    equal(judged, 1);
    equal(ended, 0);
  });

  it('ends when its request would now be made by somebody else', async () => {
    watch.watch(decide, ada, end);
    answer = () => allow(nobody);
    await bus.publish({ kind: 'session', id: 's1' });
    await settled();
    equal(ended, 1);
  });

  it('ends when the sign-out came between the decision and the watch', async () => {
    answer = deny;
    watch.watch(decide, ada, end);
    await settled();
    equal(ended, 1);
  });

  it('ends when a message came and the store cannot be asked', async () => {
    watch.watch(decide, ada, end);
    await settled();
    answer = () => {
      throw new Error('the store is down');
    };
    await bus.publish({ kind: 'session', id: 's1' });
    await settled();
    equal(ended, 1);
  });

  it('is not judged any more once nobody watches', async () => {
    const stop = watch.watch(decide, ada, end);
    await settled();
    stop();
    answer = deny;
    await bus.publish({ kind: 'all', id: '' });
    await settled();
    equal(ended, 0);
  });

  it('is judged again twice a second while messages may be missed, and seldom while they are heard', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval', 'Date'] });
    const channel = { ...bus, healthy: true };
    const otherDecide = async () => {
      judged += 1;
      return answer();
    };
    const other = openConnections({ bus: channel, clock: Date.now, monotonic: Date.now });
    other.watch(otherDecide, ada, end);
    await settled();
    judged = 0;
    for (let at = 0; at < 10; at += 1) {
      t.mock.timers.tick(500);
      await settled();
    }
    equal(judged, 0);
    channel.healthy = false;
    for (let at = 0; at < 4; at += 1) {
      t.mock.timers.tick(250);
      await settled();
    }
    equal(judged >= 2, true);
    answer = deny;
    t.mock.timers.tick(500);
    await settled();
    equal(ended, 1);
    other.close();
  });

  it('is judged with all the others that a message names, however many they are', async () => {
    for (let at = 0; at < 500; at += 1) watch.watch(decide, ada, end);
    await settled();
    answer = deny;
    await bus.publish({ kind: 'user', id: 'u_ada' });
    for (let at = 0; at < 50 && ended < 500; at += 1) await settled();
    equal(ended, 500);
  });

  it('of nobody ends only when everything is decided again, as after a change of the rules', async () => {
    answer = () => allow(nobody);
    watch.watch(decide, nobody, end);
    await settled();
    answer = deny;
    await bus.publish({ kind: 'all', id: '' });
    await settled();
    equal(ended, 0);
    await watch.decideAll();
    equal(ended, 1);
  });

  it('ends when everything is decided again and a store cannot answer', async () => {
    watch.watch(decide, ada, end);
    await settled();
    answer = () => {
      throw new Error('down');
    };
    await watch.decideAll();
    equal(ended, 1);
  });
});
