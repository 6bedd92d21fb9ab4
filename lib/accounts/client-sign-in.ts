import { equalSecrets } from '../crypto/constant-time.ts';
import { sha256 } from '../crypto/digest.ts';
import type { Keyring } from '../crypto/keyring.ts';
import { makeToken } from '../crypto/random.ts';
import { ok, type Refusal, type Result } from '../errors.ts';
import { clientIsValid, standingOfClient } from '../services/makers.ts';
import type { Caller, ClientSignIn, RecordEvent } from '../services.ts';
import type { AttemptStore } from '../stores/attempts.ts';
import { type ClientRecord, clientKind, readClientKey } from '../stores/records/kinds/client.ts';
import { touchInterval } from '../stores/records/last-use.ts';
import type { Records, Versioned } from '../stores/records/records.ts';
import { clientAttempts } from './client-attempts.ts';
import { unknownNames } from './unknown-name.ts';

type Dependencies = Readonly<{
  stores: Readonly<{ records: Records; attempts: AttemptStore }>;
  record: RecordEvent;
  keyring: Keyring;
  settings: Parameters<typeof clientAttempts>[1];
}>;

/** Compared where there is no secret, so that the time tells nothing: nobody was given it. */
const nobodys = sha256(makeToken('gws_'));

/** Whether a text is one of the client's secrets. Always two comparisons, each in constant time. */
function hasSecret(client: ClientRecord | undefined, secret: string): boolean {
  const presented = sha256(secret);
  const [newer, older] = [client?.secrets[0], client?.secrets[1]].map((kept) =>
    equalSecrets(kept?.hash ?? nobodys, presented),
  );
  return newer === true || older === true;
}

const wrong: Refusal = Object.freeze({ code: 'invalid_credentials' });

/** Makes the sign-in of application clients (`Core.clientSignIn`). */
export function clientSignIn({ stores, record, keyring, settings }: Dependencies): ClientSignIn {
  const { records } = stores;
  const begin = clientAttempts(stores.attempts, settings);
  const unknownName = unknownNames(keyring);

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

  async function accepted(client: Versioned<ClientRecord> | undefined, secret: string): Promise<boolean> {
    const standing = await standingOfClient(records, client ?? {});
    return hasSecret(client, secret) && clientIsValid(client, standing, records.now());
  }

  /** Not awaited: a store that cannot write it delays nobody. */
  function touch({ id, lastUsedAt = 0 }: ClientRecord, now: number): void {
    if (now - lastUsedAt >= touchInterval()) records.note(clientKind, id, now).catch(() => undefined);
  }

  async function verify(
    { clientId, secret }: { clientId: unknown; secret: unknown },
    caller: Caller,
  ): Promise<Result<ClientRecord>> {
    const typed = typeof clientId === 'string' ? clientId : '';
    const client = await find(typed);
    const who = client?.id ?? unknownName(typed);
    const attempt = await begin(who, caller.address);
    if (attempt.refusal !== undefined) return refuse(who, caller, attempt.refusal);
    const isRight = await accepted(client, typeof secret === 'string' ? secret : '');
    if (client === undefined || !isRight) return refuse(who, caller, (await attempt.failed()) ?? wrong);
    const now = records.now();
    await attempt.succeeded(now);
    touch(client, now);
    await record({ event: 'login.succeeded', ...about(who, caller), outcome: 'ok' });
    return ok(client);
  }

  return { verify };
}
