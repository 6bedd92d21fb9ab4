import type { Keyring } from '../crypto/keyring.ts';
import { ok, type Refusal, type Result } from '../errors.ts';
import { addressKey } from '../net/address-key.ts';
import type { Caller, ClientSecrets, ClientSignIn, RecordEvent } from '../services.ts';
import type { AttemptStore } from '../stores/attempts.ts';
import { type ClientRecord, clientKey, clientKind, readClientKey } from '../stores/records/kinds/client.ts';
import { touchInterval } from '../stores/records/last-use.ts';
import type { Records, Versioned } from '../stores/records/records.ts';
import { clientAttempts } from './client-attempts.ts';
import { unknownNames } from './unknown-name.ts';

type Dependencies = Readonly<{
  stores: Readonly<{ records: Records; attempts: AttemptStore }>;
  record: RecordEvent;
  secrets: ClientSecrets;
  keyring: Keyring;
  settings: Parameters<typeof clientAttempts>[1];
}>;

/** The id of no record: what nobody has takes as long to compare. */
const nobody = clientKey('');

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const wrong: Refusal = Object.freeze({ code: 'invalid_credentials' });

/** Clients and addresses from which a wrong secret came after the last right one: the latest ten thousand. */
function wrongSecrets(most = 10_000) {
  const noted = new Set<string>();
  const keyOf = (id: string, address: string): string => `${id} ${addressKey(address)}`;
  return {
    has: (id: string, address: string) => noted.size > 0 && noted.has(keyOf(id, address)),
    clear: (id: string, address: string) => void noted.delete(keyOf(id, address)),
    note(id: string, address: string): void {
      noted.add(keyOf(id, address));
      const [oldest] = noted;
      if (noted.size > most && oldest !== undefined) noted.delete(oldest);
    },
  };
}

/** Makes the sign-in of application clients (`Core.clientSignIn`). */
export function clientSignIn({ stores, record, secrets, keyring, settings }: Dependencies): ClientSignIn {
  const { records } = stores;
  const begin = clientAttempts(stores.attempts, settings);
  const unknownName = unknownNames(keyring);
  const doubts = wrongSecrets();
  const touched = new WeakSet<ClientRecord>();

  async function find(clientId: string): Promise<Versioned<ClientRecord> | undefined> {
    const key = readClientKey(clientId);
    const client = key === undefined ? undefined : await records.get(clientKind, key);
    return client?.state === 'removed' ? undefined : client;
  }

  const about = (actor: string, { address, agent }: Caller) =>
    ({ actor, via: 'none', address, agent, detail: { door: 'client', method: 'secret' } }) as const;

  async function refuse(who: string, caller: Caller, refusal: Refusal): Promise<Result<ClientRecord>> {
    await record({ event: 'login.failed', ...about(who, caller), outcome: refusal.code });
    return { ok: false, refusal };
  }

  /** Not awaited: a store that cannot write it delays nobody. A remembered record does not hear of its last use. */
  function touch(client: ClientRecord, now: number): void {
    const { id, lastUsedAt = 0 } = client;
    if (touched.has(client) || now - lastUsedAt < touchInterval()) return;
    touched.add(client);
    records.note(clientKind, id, now).catch(() => undefined);
  }

  async function accept(client: ClientRecord, caller: Caller, now: number): Promise<Result<ClientRecord>> {
    touch(client, now);
    await record({ event: 'login.succeeded', ...about(client.id, caller), outcome: 'ok' });
    return ok(client);
  }

  /** Counts first: while limited, nothing is compared. */
  async function attempted(typed: string, secret: string, caller: Caller): Promise<Result<ClientRecord>> {
    const known = await find(typed);
    const who = known?.id ?? unknownName(typed);
    const attempt = await begin(who, caller.address);
    if (attempt.refusal !== undefined) return refuse(who, caller, attempt.refusal);
    const client = await secrets.verify(known?.id ?? nobody, secret);
    if (client === undefined) {
      if (known !== undefined) doubts.note(known.id, caller.address);
      return refuse(who, caller, (await attempt.failed()) ?? wrong);
    }
    const now = records.now();
    await attempt.succeeded(now);
    doubts.clear(client.id, caller.address);
    return accept(client, caller, now);
  }

  /**
   * The client of a remembered secret: a right one counts for nothing, so it needs no counter. After a wrong one from that
   * address it does: the counter may have reached its limit, else it is reset.
   */
  function remembered(typed: string, secret: string, { address }: Caller): ClientRecord | undefined {
    const id = readClientKey(typed);
    return id === undefined || doubts.has(id, address) ? undefined : secrets.remembered(id, secret);
  }

  async function verify(
    { clientId, secret }: { clientId: unknown; secret: unknown },
    caller: Caller,
  ): Promise<Result<ClientRecord>> {
    const [typed, presented] = [textOf(clientId), textOf(secret)];
    const client = remembered(typed, presented, caller);
    return client === undefined ? attempted(typed, presented, caller) : accept(client, caller, records.now());
  }

  return { verify };
}
