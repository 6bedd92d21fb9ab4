import { setTimeout as delay } from 'node:timers/promises';
import { userWithId } from '../services/named-user.ts';
import type { UserRecord } from '../stores/records/kinds/user.ts';
import type { Records } from '../stores/records/records.ts';
import type { Admins } from './admins.ts';

/** After this long, in milliseconds, a claim without a user is abandoned: its process has ended. */
const abandonedAfter = 60_000;
/** After this long a user who was created by another process, and did not join the admins, is helped to. */
const helpedAfter = 5_000;
const pauseMs = 100;

/** Who creates the first admin: one at a time, among all processes. */
export interface FirstAdminClaims {
  /**
   * Claims to create this user as the first admin: true, or false when there is an admin. While another process creates one,
   * its end is waited for: at most a minute by the store's clock, then its claim is taken over.
   */
  claim(userId: string): Promise<boolean>;
  /** Finishes what a process that died has begun, if it came as far as to create the user. */
  recover(): Promise<void>;
}

/** @param onHelped called with the user of another process that was made the first admin here */
export function firstAdminClaims(
  records: Records,
  admins: Admins,
  onHelped: (user: UserRecord) => Promise<void>,
  pause: (ms: number) => Promise<unknown> = delay,
): FirstAdminClaims {
  /** Finishes the claim of another process. Returns the user of a claim that is abandoned. */
  async function help({ userId, age }: Readonly<{ userId: string; age: number }>): Promise<string | undefined> {
    const user = await userWithId(records, userId);
    if (user === undefined || !admins.isOne(user)) return age < abandonedAfter ? undefined : userId;
    if (age >= helpedAfter && (await admins.finish(userId)) === 'joined') await onHelped(user);
    return undefined;
  }

  return {
    async claim(userId) {
      let insteadOf: string | undefined;
      for (;;) {
        const claimed = await admins.claim(userId, insteadOf);
        if (claimed.kind !== 'held') return claimed.kind === 'claimed';
        insteadOf = await help(claimed);
        if (insteadOf === undefined) await pause(pauseMs);
      }
    },
    async recover() {
      const claimant = await admins.claimant();
      if (claimant !== undefined) await help(claimant);
    },
  };
}
