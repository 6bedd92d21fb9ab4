import type { Keyring } from '../crypto/keyring.ts';
import type { PasswordHasher } from '../crypto/password-hash.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import type { RecordEvent } from '../services.ts';
import type { Stores } from '../stores/stores.ts';
import type { Actor, Ladder } from '../types.ts';
import type { PolicySettings } from './password-policy.ts';

/** Dependencies of the account services. `clock` returns milliseconds since the epoch. */
export type AccountDependencies = Readonly<{
  stores: Pick<Stores, 'records' | 'sessions' | 'attempts'>;
  bus: InvalidationBus;
  record: RecordEvent;
  ladder: Ladder;
  hasher: PasswordHasher;
  keyring: Keyring;
  settings: PolicySettings &
    Readonly<{
      defaultRole: string;
      reservedNames: readonly string[];
      loginMaxFailures: number;
      loginWindow: number;
      loginMaxFailuresAddress: number;
      loginMaxFailuresUser: number;
    }>;
  clock: () => number;
}>;

/** Whether an admin acts: a signed-in one, or the command that works on the store. */
export function isByAdmin(by: Actor | undefined, ladder: Ladder): boolean {
  if (by === undefined) return false;
  return by.principal.via === 'command' || ladder.atLeast(by.principal.role, ladder.rung('admin'));
}
