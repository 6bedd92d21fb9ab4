import type { Page, Refusal, Result } from 'gatewarden';
import {
  errorTable,
  type InternalGate,
  invitationUrl,
  toAuditJson,
  toClientJson,
  toInvitationJson,
  toIssuedClientJson,
  toSessionJson,
  toUserJson,
} from '#gate';
import { CommandError, exitFor } from '../exit.ts';
import { commandActor } from '../local.ts';
import type { Thing } from '../sheet.ts';
import type { Administration, AuditVerbs, ClientVerbs, InvitationVerbs, SessionVerbs, UserVerbs } from './verbs.ts';

/** Administration in the store itself. The audit log says `via: command`, and who is signed in to this machine. */
export const administrationIn = (gate: InternalGate): Administration => ({
  users: usersIn(gate),
  clients: clientsIn(gate),
  invitations: invitationsIn(gate),
  sessions: sessionsIn(gate),
  audit: auditIn(gate),
});

function usersIn({ users }: InternalGate): UserVerbs {
  const by = commandActor();
  return {
    list: ({ pageSize, ...filter }) =>
      everyPage((page) => users.list({ ...page, ...filter, limit: pageSize }), toUserJson),
    get: async (username) => toUserJson((await users.get(username)) ?? refuse({ code: 'not_found' })),
    add: async (user) => toUserJson(granted(await users.create(user, by))),
    edit: async (username, edit) => toUserJson(granted(await users.edit(username, edit, by))),
    remove: async (username) => granted(await users.remove(username, by)),
    end: async (username, ending) => granted(await users.endAll(username, ending, by)),
  };
}

function clientsIn({ clients }: InternalGate): ClientVerbs {
  const by = commandActor();
  return {
    list: ({ pageSize }) => everyPage((page) => clients.list({ ...page, limit: pageSize }), toClientJson),
    get: async (id) => toClientJson((await clients.get(id)) ?? refuse({ code: 'not_found' })),
    create: async (client) => toIssuedClientJson(granted(await clients.create(client, by))),
    edit: async (id, edit) => toClientJson(granted(await clients.edit(id, edit, by))),
    remove: async (id) => granted(await clients.remove(id, by)),
    addSecret: async (id, wish) => toIssuedClientJson(granted(await clients.addSecret(id, wish, by))),
  };
}

function invitationsIn({ invitations, settings }: InternalGate): InvitationVerbs {
  const by = commandActor();
  const { publicUrl, prefix } = settings;
  const urlOf = (code: string) => (publicUrl === undefined ? null : invitationUrl(publicUrl + prefix, code));
  return {
    list: ({ pageSize }) => everyPage((page) => invitations.list({ ...page, limit: pageSize }, by), toInvitationJson),
    async create(invitation) {
      const { code, view } = granted(await invitations.create(invitation, by));
      return { ...toInvitationJson(view), code, url: urlOf(code) };
    },
    revoke: async (id) => granted(await invitations.revoke(id, by)),
  };
}

function sessionsIn({ sessions, users }: InternalGate): SessionVerbs {
  const by = commandActor();
  async function nameOf(owner: string | undefined): Promise<string> {
    return (await users.get(owner ?? ''))?.username ?? refuse({ code: 'not_found', detail: 'There is no such user.' });
  }
  return {
    async *list({ owner, pageSize }) {
      const username = await nameOf(owner);
      yield* everyPage(
        (page) => sessions.list(username, { ...page, limit: pageSize }),
        (view) => toSessionJson(view, undefined),
      );
    },
    end: async (id, owner) => granted(await sessions.end(await nameOf(owner), id, by)),
    endAll: async (owner) => void granted(await sessions.endAll(await nameOf(owner), {}, by)),
  };
}

const auditIn = ({ audit }: InternalGate): AuditVerbs => ({
  list: ({ pageSize, ...filter }) =>
    everyPage((page) => audit.list({ ...page, ...filter, limit: pageSize }), toAuditJson),
});

async function* everyPage<View>(
  read: (page: { cursor?: string }) => Promise<Page<View>>,
  toJson: (view: View) => Thing,
): AsyncIterable<Thing> {
  let cursor: string | undefined;
  do {
    const page = await read({ ...(cursor !== undefined && { cursor }) });
    yield* page.items.map(toJson);
    cursor = page.next;
  } while (cursor !== undefined);
}

function granted<T>(result: Result<T>): T {
  return result.ok ? result.value : refuse(result.refusal);
}

/** Throws a refusal in the words of the API. */
function refuse({ code, detail, problems = [] }: Refusal): never {
  const listed = problems.map(({ field, message }) => `${field}: ${message}`);
  throw new CommandError(exitFor(code), code, detail ?? errorTable[code].title, listed);
}
