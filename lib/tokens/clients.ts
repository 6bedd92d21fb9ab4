import { sha256 } from '../crypto/digest.ts';
import { makeToken, randomBase62 } from '../crypto/random.ts';
import { ok, type Result, refused } from '../errors.ts';
import type { InvalidationBus } from '../invalidation/bus.ts';
import { doneBy } from '../services/done-by.ts';
import { makersAreValid, standingOfClient } from '../services/makers.ts';
import type { ClientEdit, Clients, ClientView, IssuedClient, NewClient, RecordEvent } from '../services.ts';
import { type ClientRecord, clientIdIn, clientKey, clientKind, readClientKey } from '../stores/records/kinds/client.ts';
import { pageSize } from '../stores/records/page.ts';
import type { Records, Versioned } from '../stores/records/records.ts';
import type { Actor, Ladder, ScopeTable } from '../types.ts';
import { clientBounds } from './client-bounds.ts';
import { edited, endsWithActor, isRemovedLately, present, removed, withSecret } from './client-rules.ts';
import type { Inheritance } from './making.ts';

export type ClientDependencies = Readonly<{
  stores: Readonly<{ records: Records }>;
  bus: InvalidationBus;
  record: RecordEvent;
  ladder: Ladder;
  scopes: ScopeTable;
  /** What a client inherits from the credential that it is made with. */
  inheritedFrom: (by: Actor | undefined) => Promise<Result<Inheritance>>;
}>;

/** Decides what becomes of a client: the record as it is to be (the same object: it stays as it is), or a refusal. */
type ClientRule = (client: Versioned<ClientRecord>, now: number) => Result<ClientRecord>;

type Detail = Readonly<{ role?: string; active?: boolean; changed?: string; tokens?: boolean }>;

const taken = refused('conflict', { problems: [{ field: 'client_id', message: 'is taken' }] });
const livesOn = refused('insufficient_role', {
  detail: 'This credential makes secrets only for clients that end with it, and that hold no more than it does.',
});

/** What an edit changes, for the audit log. */
function detailOf({ name, role, scopes, active, endTokens, endOlderSecrets }: ClientEdit): Detail {
  const changed = { name: name !== undefined, scopes: scopes !== undefined, secrets: endOlderSecrets === true };
  const named = Object.entries(changed).flatMap(([field, isNamed]) => (isNamed ? [field] : []));
  return {
    ...(role !== undefined && { role }),
    ...(active !== undefined && { active }),
    ...(named.length > 0 && { changed: named.join(' ') }),
    ...(endTokens === true && { tokens: true }),
  };
}

const randomId = (): string => randomBase62(20).toLowerCase();

/** Makes `gate.clients`. */
export function clientsService(dependencies: ClientDependencies): Clients {
  const { stores, bus, record, inheritedFrom } = dependencies;
  const { records } = stores;
  const bounds = clientBounds(dependencies);

  const note = ({ id }: Pick<ClientRecord, 'id'>, by: Actor | undefined, action: string, detail: Detail = {}) =>
    record({ event: 'client.changed', ...doneBy(by), subject: id, outcome: 'ok', detail: { action, ...detail } });

  async function viewOf(client: ClientRecord): Promise<ClientView> {
    const { id, name, role, scopes, secrets, createdAt, updatedAt, lastUsedAt, expiresAt } = client;
    const standing = await standingOfClient(records, client);
    const view = {
      ...{ clientId: clientIdIn(id) ?? '', name, role, scopes: Object.freeze([...scopes]) },
      active: client.state === 'active' && makersAreValid(standing, records.now()),
      secrets: Object.freeze(secrets.map((secret) => Object.freeze({ createdAt: secret.createdAt }))),
      ...{ createdAt, updatedAt, lastUsedAt, expiresAt },
    };
    return Object.freeze(view);
  }

  async function find(clientId: string): Promise<Versioned<ClientRecord> | undefined> {
    const key = readClientKey(clientId);
    const found = key === undefined ? undefined : await records.get(clientKind, key);
    return found?.state === 'removed' ? undefined : found;
  }

  /** A client that comes from something that ended before it was stored is taken back. */
  async function stored(client: ClientRecord): Promise<Result<ClientRecord>> {
    const added = await records.add(clientKind, client);
    if (added.kind === 'taken') return taken;
    if (makersAreValid(await standingOfClient(records, client), records.now())) return ok(client);
    await records.change(clientKind, client.id, () => ({ kind: 'remove', answer: undefined }));
    return refused('token_revoked');
  }

  async function create(wanted: NewClient, by?: Actor): Promise<Result<IssuedClient>> {
    const inherited = await inheritedFrom(by);
    if (!inherited.ok) return inherited;
    const { makers, userId, until } = inherited.value;
    const now = records.now();
    const id = wanted.clientId === undefined ? clientKey(randomId()) : readClientKey(wanted.clientId);
    const problems = bounds.problemsOfNew(wanted, id, by, { until, now });
    if (problems.length > 0 || id === undefined) return refused('validation_failed', { problems });
    const secret = makeToken('gws_');
    const { name, role = bounds.defaultRole, scopes = [], expiresAt = until } = wanted;
    const made = await stored({
      ...{ id, name, role, scopes: [...new Set(scopes)], state: 'active' },
      secrets: [{ hash: sha256(secret), createdAt: now }],
      ...{ epoch: 0, rights: 0, makers: makers && [...makers], userId, expiresAt },
      ...{ createdAt: now, updatedAt: now },
    });
    if (!made.ok) return made;
    await note(made.value, by, 'created', { role });
    return ok({ secret, view: await viewOf(made.value) });
  }

  /** Writes a change, tells it and records it. A change that was made and could not be told is recorded too. */
  async function write(clientId: unknown, rule: ClientRule, by: Actor | undefined, action: string, detail?: Detail) {
    const key = readClientKey(clientId);
    if (key === undefined) return refused('not_found');
    const done = await records.change(clientKind, key, (client, now) => {
      const ruled = client === undefined ? refused('not_found') : rule(client, now);
      if (!ruled.ok || ruled.value === client) return { kind: 'keep', answer: ruled };
      return { kind: 'put', record: ruled.value, answer: ruled };
    });
    if (done.kind === 'taken' || done.record === undefined) return refused('not_found');
    if (!done.answer.ok) return done.answer;
    try {
      await bus.publish({ kind: 'token', id: key, version: done.record.version });
    } finally {
      await note(done.record, by, action, detail);
    }
    return ok(done.record);
  }

  /** Only for a client that is there and not above the actor, by the record as it is when it is written. */
  const managed =
    (by: Actor | undefined, rule: ClientRule): ClientRule =>
    (client, now) => {
      const found = present(client);
      if (!found.ok) return found;
      return bounds.mayManage(by, client) ? rule(client, now) : refused('insufficient_role');
    };

  async function edit(clientId: string, wanted: ClientEdit, by?: Actor): Promise<Result<ClientView>> {
    const rule = managed(by, (client, now) => {
      const problems = bounds.problemsOfEdit(client, wanted, by, now);
      return problems.length > 0
        ? refused('validation_failed', { problems })
        : ok(edited(client, wanted, now, bounds.isLower));
    });
    const written = await write(clientId, rule, by, 'edited', detailOf(wanted));
    return written.ok ? ok(await viewOf(written.value)) : written;
  }

  async function remove(clientId: string, by?: Actor): Promise<Result<undefined>> {
    const removal = managed(by, (client, now) => ok(removed(client, now)));
    // One that was deleted within the last day is told again.
    const rule: ClientRule = (client, now) => (isRemovedLately(client, now) ? ok(client) : removal(client, now));
    const written = await write(clientId, rule, by, 'removed');
    return written.ok ? ok(undefined) : written;
  }

  async function addSecret(
    clientId: string,
    { endOthers = false }: Readonly<{ endOthers?: boolean | undefined }> = {},
    by?: Actor,
  ): Promise<Result<IssuedClient>> {
    const inherited = await inheritedFrom(by);
    if (!inherited.ok) return inherited;
    const secret = makeToken('gws_');
    const rule = managed(by, (client, now) => {
      if (!bounds.holdsAllOf(by, client) || !endsWithActor(client, inherited.value)) return livesOn;
      return ok(withSecret(client, sha256(secret), endOthers, now));
    });
    const written = await write(clientId, rule, by, 'added a secret', endOthers ? { tokens: true } : {});
    return written.ok ? ok({ secret, view: await viewOf(written.value) }) : written;
  }

  return {
    create,
    async get(clientId) {
      const client = await find(clientId);
      return client && viewOf(client);
    },
    async list({ limit, cursor } = {}) {
      const query = { limit: pageSize(limit), order: 'client', ...(cursor !== undefined && { after: cursor }) };
      const page = await records.list(clientKind, query);
      return { ...page, items: await Promise.all(page.items.map(viewOf)) };
    },
    edit,
    remove,
    addSecret,
  };
}
