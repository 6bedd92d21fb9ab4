import { ok, type Result, refused } from '../errors.ts';
import { type UserRecord, userKind } from '../stores/records/kinds/user.ts';
import type { Change, Changed, Decide, Records, Versioned } from '../stores/records/records.ts';
import type { Admins } from './admins.ts';

/** Decides what becomes of a user: the record as it is to be (the same object: it stays as it is), or a refusal. */
export type UserRule = (user: Versioned<UserRecord>, now: number) => Result<UserRecord>;

/** A user before and after a change. */
export type UserChange = Readonly<{ before: Versioned<UserRecord>; after: Versioned<UserRecord> }>;

type Answer = Result<Versioned<UserRecord>> | 'must-leave';

const lastAdmin = refused('conflict', { detail: 'This would leave no active administrator.' });
const emailTaken = refused('conflict', { problems: [{ field: 'email', message: 'is another user’s' }] });

/**
 * Writes users, and keeps the record of admins in step: who ceases to be an active admin leaves it first, who becomes one
 * joins it afterwards. A process that dies in between leaves a user who says admin and does not count as one.
 */
export function userWriter(records: Records, admins: Admins) {
  /** Until the record of admins agrees with the user's: another call may change the user meanwhile. */
  async function settle(user: Versioned<UserRecord>): Promise<void> {
    await admins.settle(user);
    const again = await records.get(userKind, user.id);
    if (again !== undefined && admins.isOne(again) !== admins.isOne(user)) await settle(again);
  }

  const decided =
    (rule: UserRule, hasLeft: boolean): Decide<UserRecord, Answer> =>
    (user, now): Change<UserRecord, Answer> => {
      if (user === undefined) return { kind: 'keep', answer: refused('not_found') };
      const ruled = rule(user, now);
      if (!ruled.ok) return { kind: 'keep', answer: ruled };
      if (ruled.value === user) return { kind: 'keep', answer: ok(user) };
      const ceases = admins.isOne(user) && !admins.isOne(ruled.value);
      if (ceases && !hasLeft) return { kind: 'keep', answer: 'must-leave' };
      return { kind: 'put', record: ruled.value, answer: ok(user) };
    };

  function resultOf(changed: Changed<UserRecord, Answer>): Result<UserChange> {
    if (changed.kind === 'taken') return emailTaken;
    const { answer, record } = changed;
    if (answer === 'must-leave' || record === undefined) return refused('not_found');
    return answer.ok ? ok({ before: answer.value, after: record }) : answer;
  }

  /** The change of an active admin, who ceases to be one. */
  async function writeLeaving(id: string, rule: UserRule): Promise<Result<UserChange>> {
    if (!(await admins.leave(id))) return lastAdmin;
    const written = resultOf(await records.change(userKind, id, decided(rule, true)));
    const user = written.ok ? written.value.after : await records.get(userKind, id);
    if (user !== undefined) await settle(user);
    return written;
  }

  return {
    settle,
    /** Changes a user by a rule. `conflict` when no active admin would be left, and for an address that is taken. */
    async write(id: string, rule: UserRule): Promise<Result<UserChange>> {
      const changed = await records.change(userKind, id, decided(rule, false));
      if (changed.kind === 'done' && changed.answer === 'must-leave') return writeLeaving(id, rule);
      const written = resultOf(changed);
      if (written.ok && admins.isOne(written.value.after)) await settle(written.value.after);
      return written;
    },
  };
}
