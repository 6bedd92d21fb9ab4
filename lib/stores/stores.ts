import type { AttemptStore } from './attempts.ts';
import type { ApiTokenStore } from './records/api-tokens.ts';
import type { AuditStore } from './records/audit.ts';
import type { FactStore } from './records/facts.ts';
import type { KeyStore } from './records/keys.ts';
import type { RefreshTokenStore } from './records/refresh-tokens.ts';
import type { TransferStore } from './records/transfer.ts';
import type { UserStore } from './records/users.ts';
import type { SessionStore } from './sessions.ts';

/**
 * What Gatewarden asks of its storage. Every verb that checks and then changes is one atomic operation of the store.
 * Times are milliseconds since the epoch. Verbs reject with `StoreUnavailableError` when the store cannot answer,
 * and for nothing else: "it is not there", "it is taken" are values.
 *
 * All the stores of an installation; `stores/open` decides which engine holds what.
 */
export interface Stores {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly tokens: ApiTokenStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly keys: KeyStore;
  readonly facts: FactStore;
  readonly attempts: AttemptStore;
  readonly audit: AuditStore;
  readonly transfer: TransferStore;
  /** One entry a store; never rejects. `problem` names the reason, without address or password. */
  health(): Promise<readonly { store: string; ok: boolean; problem?: string }[]>;
  /** Calls back when somebody outside this process may have written (within 250 ms); gives the way to stop. */
  onForeignChange(listener: () => void): () => void;
  /** `users: sqlite (./.gatewarden/gatewarden.db)` and so on, for the start-up line and `check`. */
  describe(): Readonly<Record<string, string>>;
  close(): Promise<void>;
}
