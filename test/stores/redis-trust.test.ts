import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { channelTrust, type Moment } from '../../lib/stores/redis/trust.ts';

/** A trust over clocks that the test moves. */
function trusted() {
  const clock = { monotonic: 10_000, wall: 1_800_000_000_000 };
  let discarded = 0;
  const trust = channelTrust({
    clocks: { monotonic: () => clock.monotonic, wall: () => clock.wall },
    discardAll: () => {
      equal(trust.holds, false, 'everything is discarded before anything is trusted');
      discarded += 1;
    },
  });
  return {
    trust,
    get discarded() {
      return discarded;
    },
    pass(ms: number) {
      clock.monotonic += ms;
      clock.wall += ms;
    },
    stepWall(ms: number) {
      clock.wall += ms;
    },
    /** A heartbeat that is answered `after` milliseconds with that newest telling. */
    beat(newest: string, after = 1) {
      const sent = trust.sending();
      this.pass(after);
      return trust.answered(sent, newest);
    },
  };
}

/** One that holds, at the telling `a`. */
function begun() {
  const at = trusted();
  at.beat('a');
  equal(at.trust.holds, true);
  equal(at.discarded, 1);
  return at;
}

test('nothing is trusted before the first heartbeat, and everything is discarded with it', () => {
  const at = trusted();
  equal(at.trust.holds, false);
  at.beat('a');
  deepEqual([at.trust.holds, at.discarded], [true, 1]);
});

test('trust lasts for 750 ms from when the heartbeat was sent, not from its answer', () => {
  const at = begun();
  at.beat('a', 500);
  at.pass(250);
  equal(at.trust.holds, true);
  at.pass(1);
  equal(at.trust.holds, false);
});

test('lost trust returns with the next heartbeat, after everything was discarded', () => {
  const at = begun();
  at.pass(751);
  equal(at.trust.holds, false);
  at.beat('a');
  deepEqual([at.trust.holds, at.discarded], [true, 2]);
});

test('a lapse that nobody saw is discarded for all the same', () => {
  const at = begun();
  at.pass(3_000);
  at.beat('a');
  deepEqual([at.trust.holds, at.discarded], [true, 2]);
});

test('a process that is frozen while a heartbeat is under way trusts nothing when it wakes', () => {
  const at = begun();
  const sent = at.trust.sending();
  at.pass(6_000);
  equal(at.trust.holds, false);
  at.trust.answered(sent, 'a');
  equal(at.trust.holds, false);
  at.beat('a');
  deepEqual([at.trust.holds, at.discarded], [true, 2]);
});

test('a heartbeat that was sent before trust was lost does not bring it back', () => {
  const at = begun();
  at.pass(600);
  const sent = at.trust.sending();
  at.pass(200);
  equal(at.trust.holds, false);
  at.trust.answered(sent, 'a');
  deepEqual([at.trust.holds, at.discarded], [false, 1]);
});

test('a heartbeat that is answered too late discards nothing', () => {
  const at = trusted();
  at.beat('a', 800);
  deepEqual([at.trust.holds, at.discarded], [false, 0]);
});

test('trust that lapsed before the awaited telling is received returns after everything was discarded', () => {
  const at = begun();
  at.pass(600);
  at.beat('b');
  at.pass(200);
  at.trust.received('b', 'a');
  deepEqual([at.trust.holds, at.discarded], [true, 2]);
});

test('a machine that sleeps, whose monotonic clock stands still, trusts nothing when it wakes', () => {
  const at = begun();
  const sent = at.trust.sending();
  at.stepWall(60_000);
  at.trust.answered(sent, 'a');
  equal(at.trust.holds, false);
});

for (const [what, ms, holds] of [
  ['forward by a second', 1_000, false],
  ['back by an hour', -3_600_000, false],
  ['back by a tenth of a second', -100, true],
] as const) {
  test(`a wall clock that is set ${what} ${holds ? 'changes nothing' : 'ends trust until the next heartbeat'}`, () => {
    const at = begun();
    at.stepWall(ms);
    equal(at.trust.holds, holds);
    at.beat('a');
    deepEqual([at.trust.holds, at.discarded], [true, holds ? 1 : 2]);
  });
}

test('tellings that continue the chain discard nothing', () => {
  const at = begun();
  at.trust.received('b', 'a');
  at.trust.received('c', 'b');
  at.pass(250);
  at.beat('c');
  deepEqual([at.trust.holds, at.discarded], [true, 1]);
});

test('a telling whose predecessor was missed ends trust', () => {
  const at = begun();
  at.trust.received('b', 'a');
  at.trust.received('d', 'c');
  equal(at.trust.holds, false);
  at.trust.received('e', 'd');
  at.beat('e');
  deepEqual([at.trust.holds, at.discarded], [true, 2]);
  at.trust.received('f', 'e');
  equal(at.trust.holds, true);
});

test('a heartbeat whose newest telling is still on its way proves when it is received', () => {
  const at = begun();
  at.pass(500);
  equal(at.beat('b'), true);
  at.pass(200);
  at.trust.received('b', 'a');
  at.pass(200);
  deepEqual([at.trust.holds, at.discarded], [true, 1]);
});

test('one that has not been received by the next heartbeat was missed', () => {
  const at = begun();
  at.pass(250);
  at.beat('b');
  equal(at.discarded, 1);
  at.pass(250);
  equal(at.beat('b'), false);
  deepEqual([at.trust.holds, at.discarded], [true, 2]);
});

test('two heartbeats under way at once miss nothing: the second was sent before the first was answered', () => {
  const at = begun();
  const one = at.trust.sending();
  at.pass(250);
  const two = at.trust.sending();
  at.pass(10);
  equal(at.trust.answered(one, 'b'), true);
  equal(at.trust.answered(two, 'b'), true);
  at.trust.received('b', 'a');
  deepEqual([at.trust.holds, at.discarded], [true, 1]);
});

test('after a new beginning, older tellings that arrive late are no gap, and newer ones continue it', () => {
  const at = trusted();
  at.trust.received('x', 'w');
  at.beat('c');
  at.trust.received('b', 'a');
  at.trust.received('c', 'b');
  at.trust.received('d', 'c');
  deepEqual([at.trust.holds, at.discarded], [true, 1]);
  at.trust.received('f', 'e');
  equal(at.trust.holds, false);
});

test('an emptied Redis, and one with older data, end trust by their newest telling', () => {
  for (const newest of ['z', 'older']) {
    const at = begun();
    at.beat(newest);
    at.pass(250);
    at.beat(newest);
    deepEqual([at.trust.holds, at.discarded], [true, 2]);
    at.trust.received('b', 'a');
    at.trust.received('n', newest);
    at.pass(250);
    at.beat('n');
    deepEqual([at.trust.holds, at.discarded], [true, 2]);
  }
});

test('another server that calls a telling its newest which was received long ago is a new beginning', () => {
  const at = begun();
  at.trust.received('b', 'a');
  at.trust.restart('another server');
  equal(at.trust.holds, false);
  at.beat('a');
  deepEqual([at.trust.holds, at.discarded], [true, 2]);
  at.trust.received('c', 'a');
  equal(at.trust.holds, true);
});

test('an answer of the server before is none of the one after it', () => {
  const at = begun();
  const sent = at.trust.sending();
  at.pass(5);
  at.trust.restart('another server');
  at.trust.answered(sent, 'a');
  deepEqual([at.trust.holds, at.discarded], [false, 1]);
});

type Step = Readonly<{
  kind: 'lose' | 'tell' | 'deliver' | 'cut' | 'send' | 'execute' | 'answer' | 'beat' | 'restore';
  ms: number;
}>;
type Passing = Readonly<{ kind: 'pass' | 'sleep' | 'step'; ms: number }>;

const often = ['beat', 'beat', 'deliver', 'send', 'execute', 'answer', 'tell'] as const;
const steps = fc.constantFrom(...often, ...often, 'lose' as const, 'cut' as const, 'restore' as const);
const passing = (kind: Passing['kind'], min: number, max: number) =>
  fc.integer({ min, max }).map((ms): Passing => ({ kind, ms }));
const history = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: steps.map((kind): Step => ({ kind, ms: 0 })) },
    { weight: 6, arbitrary: passing('pass', 1, 400) },
    { weight: 1, arbitrary: passing('sleep', 1, 2_000) },
    { weight: 1, arbitrary: passing('step', -200, 2_000) },
  ),
  { minLength: 20, maxLength: 150 },
);

/** A wall clock that is set back a little at a time hides so much of a sleep. */
const hidden = 250;

/** A master with its tellings in order, a subscription that may lose some, and heartbeats that are answered late. */
function world() {
  const clock = { real: 0, monotonic: 1_000, wall: 1_000_000 };
  const master = { newest: 't0', before: ['t0'], count: 0 };
  const tellings = new Map<string, { toldAt: number; known: boolean }>();
  const wire: { id: string; after: string; lost: boolean }[] = [];
  const beats: { sent: Moment; newest?: string }[] = [];
  const trust = channelTrust({
    clocks: { monotonic: () => clock.monotonic, wall: () => clock.wall },
    discardAll() {
      for (const one of tellings.values()) one.known = true;
    },
  });

  function tell(lost: boolean): void {
    master.count += 1;
    const id = `t${master.count}`;
    wire.push({ id, after: master.newest, lost });
    master.before.push(id);
    master.newest = id;
    tellings.set(id, { toldAt: clock.real, known: false });
  }

  function deliver(): void {
    const message = wire.shift();
    const telling = tellings.get(message?.id ?? '');
    if (message === undefined || telling === undefined || message.lost) return;
    telling.known = true;
    trust.received(message.id, message.after);
  }

  function answer(): void {
    const [first] = beats;
    if (first?.newest === undefined) return;
    beats.shift();
    trust.answered(first.sent, first.newest);
  }

  function execute(): void {
    const beat = beats.find(({ newest }) => newest === undefined);
    if (beat !== undefined) beat.newest = master.newest;
  }

  /** Its newest telling is lost, as with a server that is killed and comes back with older data. */
  function restore(): void {
    if (master.before.length > 1) master.before.pop();
    master.newest = master.before.at(-1) ?? '';
    wire.length = 0;
    beats.length = 0;
    trust.restart('another server');
  }

  function pass(kind: Passing['kind'], ms: number): void {
    if (kind !== 'step') clock.real += ms;
    if (kind === 'pass') clock.monotonic += ms;
    clock.wall += ms;
  }

  const acts: Readonly<Record<Step['kind'], () => void>> = {
    tell: () => tell(false),
    lose: () => tell(true),
    deliver,
    cut: () => void wire.splice(0),
    send: () => void beats.push({ sent: trust.sending() }),
    execute,
    answer,
    beat() {
      const sent = trust.sending();
      beats.length = 0;
      trust.answered(sent, master.newest);
    },
    restore,
  };
  return {
    trust,
    act: (one: Step | Passing): void =>
      one.kind === 'pass' || one.kind === 'sleep' || one.kind === 'step' ? pass(one.kind, one.ms) : acts[one.kind](),
    /** What was told too long ago to be unknown. */
    unknown: () =>
      [...tellings].filter(([, { toldAt, known }]) => !known && clock.real - toldAt > 750 + hidden).map(([id]) => id),
  };
}

test('whatever is lost, late, cut, asleep or restored: where caches are trusted, what was told before is known', () => {
  let proved = 0;
  fc.assert(
    fc.property(history, (events) => {
      const { trust, act, unknown } = world();
      for (const one of events) {
        act(one);
        if (!trust.holds) continue;
        deepEqual(unknown(), []);
        proved += 1;
      }
    }),
    { numRuns: 3_000 },
  );
  ok(proved > 1_000);
});
