import { ok, type Result, refused } from '../errors.ts';
import type { ClientEdit } from '../services.ts';
import type { ClientRecord } from '../stores/records/kinds/client.ts';
import type { Inheritance } from './making.ts';

/** Whether `role` is below `than` on the ladder. */
export type IsLower = (role: string, than: string) => boolean;

/** How many secrets of a client are valid at a time. */
const mostSecrets = 2;

/** For this long, in milliseconds, the deletion of a client that is deleted already counts as done: a caller repeats it. */
const deletionRepeats = 86_400_000;

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, at) => text === b[at]);

function isSame(a: ClientRecord, b: ClientRecord): boolean {
  const isSameRest = a.state === b.state && a.secrets.length === b.secrets.length;
  return isSameRest && a.name === b.name && a.role === b.role && sameTexts(a.scopes, b.scopes);
}

function stateOf({ state }: ClientRecord, active: boolean | undefined): ClientRecord['state'] {
  if (active === undefined) return state;
  return active ? 'active' : 'disabled';
}

/**
 * The client as the edit makes it, or the very same object when nothing differs. Deactivation and `endTokens` raise the epoch,
 * which ends its access tokens, and the rights, which end what it minted for users; a lower role raises the rights only.
 * `endOlderSecrets` leaves the newest secret. `now` is the store's clock.
 */
export function edited<C extends ClientRecord>(client: C, edit: ClientEdit, now: number, isLower: IsLower): C {
  const { name = client.name, role = client.role, scopes = client.scopes } = edit;
  const secrets = edit.endOlderSecrets === true ? client.secrets.slice(0, 1) : client.secrets;
  const changed = { ...client, name, role, scopes: [...new Set(scopes)], state: stateOf(client, edit.active), secrets };
  const deactivated = client.state === 'active' && changed.state !== 'active';
  const endsTokens = deactivated || edit.endTokens === true;
  if (!endsTokens && isSame(client, changed)) return client;
  return {
    ...changed,
    epoch: client.epoch + (endsTokens ? 1 : 0),
    rights: client.rights + (endsTokens || isLower(role, client.role) ? 1 : 0),
    updatedAt: now,
  };
}

/**
 * The client with one more secret (`hash`: its SHA-256). The oldest one ends beyond two; with `endOthers` all others do, and
 * what was issued before.
 */
export function withSecret<C extends ClientRecord>(client: C, hash: string, endOthers: boolean, now: number): C {
  const kept = endOthers ? [] : client.secrets.slice(0, mostSecrets - 1);
  const raise = endOthers ? 1 : 0;
  return {
    ...client,
    secrets: [{ hash, createdAt: now }, ...kept],
    epoch: client.epoch + raise,
    rights: client.rights + raise,
    updatedAt: now,
  };
}

/** What remains of a deleted client: the id, so that no other gets it, and the counters that refuse what it held. */
export function removed({ id, role, epoch, rights, createdAt }: ClientRecord, now: number): ClientRecord {
  return {
    ...{ id, name: '', role, scopes: [], state: 'removed', secrets: [], createdAt },
    epoch: epoch + 1,
    rights: rights + 1,
    updatedAt: now,
  };
}

/** Whether a client was deleted within the last day, so that a repeated deletion succeeds. */
export const isRemovedLately = ({ state, updatedAt }: ClientRecord, now: number): boolean =>
  state === 'removed' && now - updatedAt < deletionRepeats;

/**
 * Whether a client ends with the credential that acts on it: it was created by it, is it, or expires first. A credential with a
 * life of its own, such as a session, is not asked.
 */
export function endsWithActor({ id, makers = [], expiresAt }: ClientRecord, by: Inheritance): boolean {
  if (by.makers !== undefined) {
    const last = by.makers.at(-1);
    return last !== undefined && (id === last || makers.includes(last));
  }
  return by.until === undefined || (expiresAt !== undefined && expiresAt <= by.until);
}

const longestName = 128;

/** What is wrong with the name that people call a client by. */
export function problemOfName(name: unknown): string | undefined {
  if (typeof name !== 'string' || name.trim() === '') return 'must be a text';
  if (name.length > longestName) return `must not be longer than ${longestName} characters`;
  return name.isWellFormed() && !/\p{Cc}/u.test(name) ? undefined : 'must not have control characters';
}

/** A client whose state is not `removed`, else `not_found`. */
export const present = <C extends ClientRecord>(client: C | undefined): Result<C> =>
  client === undefined || client.state === 'removed' ? refused('not_found') : ok(client);
