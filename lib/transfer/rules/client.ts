import { apiTokenKind } from '../../stores/records/kinds/api-token.ts';
import {
  type ClientRecord,
  clientIdIn,
  clientKind,
  publicClient,
  readClientKey,
} from '../../stores/records/kinds/client.ts';
import type { Records } from '../../stores/records/records.ts';
import { differs, type Refusal, refused } from '../outcome.ts';
import type { Rule } from '../rule.ts';
import { recordsWith } from '../unreadable.ts';

const makerGone: Refusal = { kind: 'refused', problem: 'the token or client that made it is not there', later: true };
const inUse = refused('the id is in use');
const other = refused('it is there already, and was made by another token or client');
const retired: Refusal = { kind: 'refused', problem: 'it was deleted here', replaceable: true };

const idOf = ({ id }: ClientRecord): string => clientIdIn(id) ?? id;

/** What is wrong with a client that fits the schema. */
export function problemOfClient(client: ClientRecord): string | undefined {
  const clientId = idOf(client);
  if (readClientKey(clientId) !== client.id || clientId === publicClient)
    return '"id" must be "client:" and a client id';
  return client.makers?.includes(client.id) ? '"makers" must be others' : undefined;
}

const credentials = ({ role, scopes, state, secrets }: ClientRecord) => JSON.stringify([role, scopes, state, secrets]);
const origin = ({ userId, makers = [] }: ClientRecord) => JSON.stringify([userId, makers]);

/**
 * The client that is stored in place of `there`. No counter goes down, and they go up when role, scopes, state or secrets differ:
 * access tokens that have ended since the export stay ended.
 */
export function replacementOf(given: ClientRecord, there: ClientRecord): ClientRecord {
  const more = credentials(given) === credentials(there) ? 0 : 1;
  const raised = (field: 'epoch' | 'rights') => Math.max(given[field], there[field] + more);
  return { ...given, epoch: raised('epoch'), rights: raised('rights') };
}

/** What becomes of a client whose id is there. An import deletes none, and revives a deleted one only with `replace`. */
export function mergedClient(given: ClientRecord, there: ClientRecord, replace: boolean): ClientRecord | Refusal {
  if (given.state === 'removed' && there.state !== 'removed') return inUse;
  if (there.state === 'removed' && given.state !== 'removed') return replace ? replacementOf(given, there) : retired;
  if (origin(given) !== origin(there)) return other;
  return replace ? replacementOf(given, there) : differs;
}

/** A client comes in after the tokens and clients that made it. */
export function clientRule(records: Records, replace: boolean): Rule<ClientRecord> {
  async function makersGone(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const unique = [...new Set(ids)];
    const found = await Promise.all([
      recordsWith(records, apiTokenKind, unique),
      recordsWith(records, clientKind, unique),
    ]);
    return new Set(unique.filter((_, at) => found.every((some) => typeof some[at] !== 'object')));
  }

  return {
    nameOf: idOf,
    problemOf: problemOfClient,
    async admit(clients) {
      const gone = await makersGone(clients.flatMap(({ makers }) => makers ?? []));
      return clients.map(({ makers = [] }) => (makers.some((id) => gone.has(id)) ? makerGone : undefined));
    },
    merged: (given, there) => mergedClient(given, there, replace),
  };
}
