import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sha256 } from '../../lib/crypto/digest.ts';
import { openMongo } from '../../lib/stores/mongo/index.ts';
import { type InvitationRecord, invitationKind } from '../../lib/stores/records/kinds/invitation.ts';
import { userKind } from '../../lib/stores/records/kinds/user.ts';
import type { Decide, Records } from '../../lib/stores/records/records.ts';
import { openSqlite } from '../../lib/stores/sqlite/index.ts';
import type { Stores } from '../../lib/stores/stores.ts';
import { anyMongod, type Mongod } from '../support/mongod.ts';
import { dying, Killed } from './dying.ts';
import { outcomeOf, signUpOver } from './inviting.ts';
import { caller, openAccounts, password } from './open.ts';

/** A store of records, with a clock that the test moves. */
type Opened = Readonly<{ records: Records; time: { ahead: number } }>;

let server: Mongod;
before(async () => {
  server = await anyMongod();
});
after(() => server.stop());

const engines: Readonly<Record<string, () => Promise<Pick<Stores, 'records' | 'close'>>>> = {
  SQLite: () => openSqlite({ memory: true }),
  MongoDB: () => openMongo({ url: server.url(`gatewarden_test_${randomUUID()}`) }),
};

/** The records with a clock that is so far ahead of the store's. */
function shifted(records: Records, time: { ahead: number }): Records {
  const late =
    <R, A>(decide: Decide<R, A>): Decide<R, A> =>
    (record, now) =>
      decide(record, now + time.ahead);
  const verbs: Partial<Records> = {
    now: () => records.now() + time.ahead,
    change: (kind, id, decide) => records.change(kind, id, late(decide)),
    put: (kind, key, value, decide) => records.put(kind, key, value, late(decide)),
  };
  return withVerbs(records, verbs);
}

/** The records with other verbs in place of some. */
const withVerbs = (records: Records, verbs: Partial<Records>): Records =>
  new Proxy(records, { get: (target, name) => Reflect.get(verbs, name) ?? Reflect.get(target, name) });

/** Sign-ups on these records; `at` and `when`: the process is killed at that write. */
async function over(records: Records) {
  const { parts } = await openAccounts();
  const { signUps, invitations } = signUpOver(parts, { records });
  const signUp = async (username: string, invitation: string) =>
    outcomeOf(await signUps.signUp({ username, password, invitation }, caller));
  const invite = async (uses: number): Promise<string> => {
    const made = await invitations.create({ uses });
    ok(made.ok);
    return made.value.code;
  };
  return { signUp, invite };
}

const unusable = 'validation_failed invitation';
const kept = (records: Records, code: string) => records.byKey(invitationKind, 'hash', sha256(code));
const usersIn = async (records: Records) =>
  (await records.list(userKind, { order: 'name', limit: 1000 })).items.map(({ username }) => username);

/** The users who are there are those that the uses name. */
async function usesAreUsers(records: Records, invitation: InvitationRecord | undefined): Promise<void> {
  const named = (invitation?.usedBy ?? []).map(({ userId }) => userId);
  const there = (await records.list(userKind, { limit: 1000 })).items.map(({ id }) => id);
  deepEqual([...named].sort(), [...there].sort());
}

for (const [engine, open] of Object.entries(engines)) {
  describe(`on ${engine}`, () => {
    async function withStore(body: (opened: Opened) => Promise<void>): Promise<void> {
      const stores = await open();
      const time = { ahead: 0 };
      const records = shifted(stores.records, time);
      await body({ records, time }).finally(() => stores.close());
    }

    // Claim, add, settle.
    for (const at of [0, 1, 2]) {
      for (const when of ['before', 'after'] as const) {
        const isAdded = at === 2 || (at === 1 && when === 'after');
        const isClaimed = !(at === 0 && when === 'before');
        it(`a sign-up that is killed ${when} write ${at} leaves its use ${isAdded ? 'used' : 'free in a minute'}`, () =>
          withStore(async ({ records, time }) => {
            const { signUp, invite } = await over(records);
            const invitation = await invite(1);
            const killed = await over(dying(records, at, when).records);
            await rejects(killed.signUp('eve', invitation), Killed);
            deepEqual(await usersIn(records), isAdded ? ['eve'] : []);
            equal(await signUp('fay', invitation), isClaimed ? unusable : 'active user');
            time.ahead += 60_000;
            equal(await signUp('gus', invitation), isClaimed && !isAdded ? 'active user' : unusable);
            equal((await usersIn(records)).length, 1);
            await usesAreUsers(records, await kept(records, invitation));
          }));
      }
    }

    it('a sign-up makes three writes, so that there are no more steps to be killed between', () =>
      withStore(async ({ records }) => {
        const invitation = await (await over(records)).invite(1);
        const { records: counted, state } = dying(records, Number.POSITIVE_INFINITY, 'before');
        equal(await (await over(counted)).signUp('eve', invitation), 'active user');
        equal(state.writes, 3);
      }));

    for (const uses of [1, 5]) {
      it(`an invitation for ${uses}, used 100 times at once, makes ${uses}`, () =>
        withStore(async ({ records }) => {
          const services = await Promise.all([over(records), over(records)]);
          const invitation = await services[0].invite(uses);
          const outcomes = await Promise.all(
            Array.from({ length: 100 }, (_, at) => services[at % 2]?.signUp(`new${at}`, invitation)),
          );
          equal(outcomes.filter((one) => one === 'active user').length, uses, `${outcomes}`);
          deepEqual([...new Set(outcomes)].sort(), ['active user', unusable]);
          equal((await usersIn(records)).length, uses);
          await usesAreUsers(records, await kept(records, invitation));
        }));
    }

    it('a name that is taken meanwhile gives the use back at once', () =>
      withStore(async ({ records }) => {
        const { signUp, invite } = await over(records);
        const invitation = await invite(2);
        const outcomes = await Promise.all([1, 2, 3].map(() => signUp('eve', invitation)));
        equal(outcomes.filter((one) => one === 'active user').length, 1, `${outcomes}`);
        equal(await signUp('fay', invitation), 'active user');
        equal(await signUp('gus', invitation), unusable);
        deepEqual(await usersIn(records), ['eve', 'fay']);
      }));

    it('who is deleted has used their invitation, though their name is given again', () =>
      withStore(async ({ records, time }) => {
        const { signUp, invite } = await over(records);
        const invitation = await invite(1);
        equal(await signUp('eve', invitation), 'active user');
        await records.put(userKind, 'name', 'eve', () => ({ kind: 'remove', answer: undefined }));
        time.ahead += 120_000;
        equal(await signUp('fay', invitation), unusable);
      }));

    for (const ms of [31_000, 3_600_000, -31_000]) {
      it(`a clock that moves by ${ms} ms between the claim and the user: nobody is added, and the use is free`, () =>
        withStore(async ({ records, time }) => {
          const { signUp, invite } = await over(records);
          const invitation = await invite(1);
          const put: Records['put'] = (...args) => {
            time.ahead += ms;
            return records.put(...args);
          };
          const slow = await over(withVerbs(records, { put }));
          equal(await slow.signUp('eve', invitation), 'store_unavailable');
          deepEqual(await usersIn(records), []);
          equal(await signUp('fay', invitation), 'active user');
        }));
    }

    it('a process that was frozen after it had checked the time, and whose use was taken over, takes its user back', () =>
      withStore(async ({ records, time }) => {
        const { signUp, invite } = await over(records);
        const invitation = await invite(1);
        const change: Records['change'] = async (kind, id, decide) => {
          const isSettling = kind.name === 'invitation' && (await usersIn(records)).includes('eve');
          if (isSettling) await takenOver();
          return records.change(kind, id, decide);
        };
        const frozen = await over(withVerbs(records, { change }));
        /** As if the user had been written only now: for a minute others saw none. */
        async function takenOver(): Promise<void> {
          const eve = await records.byKey(userKind, 'name', 'eve');
          ok(eve);
          const { version: _, ...user } = eve;
          await records.change(userKind, eve.id, () => ({ kind: 'remove', answer: undefined }));
          time.ahead += 60_000;
          equal(await signUp('fay', invitation), 'active user');
          await records.add(userKind, user);
        }
        equal(await frozen.signUp('eve', invitation), unusable);
        deepEqual(await usersIn(records), ['fay']);
        await usesAreUsers(records, await kept(records, invitation));
      }));
  });
}
