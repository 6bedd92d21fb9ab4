import type { ClientEdit, NewClient, NewInvitation, NewUser, UserEdit } from 'gatewarden';
import { CommandError, exit } from '../exit.ts';
import type { Server } from '../server.ts';
import type { Thing } from '../sheet.ts';
import type { Administration, AuditVerbs, ClientVerbs, InvitationVerbs, SessionVerbs, UserVerbs } from './verbs.ts';

/** Administration through the API of a server. */
export const administrationOn = (server: Server): Administration => ({
  users: usersOn(server),
  clients: clientsOn(server),
  invitations: invitationsOn(server),
  sessions: sessionsOn(server),
  audit: auditOn(server),
});

function usersOn(server: Server): UserVerbs {
  const users = '/api/v1/users';
  const user = (username: string) => `${users}/${segment(username)}`;
  return {
    list: ({ pageSize, ...filter }) => thingsIn(server.pages(users, { ...filter, limit: String(pageSize) })),
    get: async (username) => thingIn(await server.call('GET', user(username))),
    add: async (one) => thingIn(await server.confirmed('POST', users, { body: newUserBody(one) })),
    edit: async (username, edit) => thingIn(await server.confirmed('PATCH', user(username), { body: editBody(edit) })),
    remove: async (username) => void (await server.confirmed('DELETE', user(username))),
    end: async (username, { tokens }) =>
      void (await server.confirmed('POST', `${user(username)}/end`, { body: { tokens } })),
  };
}

const newUserBody = ({ displayName, reuseName, ...rest }: NewUser) => ({
  ...rest,
  display_name: displayName,
  reuse_name: reuseName,
});

const editBody = ({ displayName, endTokens, ...rest }: UserEdit) => ({
  ...rest,
  display_name: displayName,
  end_tokens: endTokens,
});

function clientsOn(server: Server): ClientVerbs {
  const clients = '/api/v1/clients';
  const client = (id: string) => `${clients}/${segment(id)}`;
  return {
    list: ({ pageSize }) => thingsIn(server.pages(clients, { limit: String(pageSize) })),
    get: async (id) => thingIn(await server.call('GET', client(id))),
    create: async (one) => thingIn(await server.confirmed('POST', clients, { body: newClientBody(one) })),
    edit: async (id, edit) => thingIn(await server.confirmed('PATCH', client(id), { body: clientEditBody(edit) })),
    remove: async (id) => void (await server.confirmed('DELETE', client(id))),
    addSecret: async (id, { endOthers }) =>
      thingIn(await server.confirmed('POST', `${client(id)}/secret`, { body: { end_others: endOthers } })),
  };
}

const newClientBody = ({ clientId, expiresAt, ...rest }: NewClient) => ({
  ...rest,
  client_id: clientId,
  expires_at: momentOf(expiresAt),
});

const clientEditBody = ({ endTokens, endOlderSecrets, ...rest }: ClientEdit) => ({
  ...rest,
  end_tokens: endTokens,
  end_older_secrets: endOlderSecrets,
});

const momentOf = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

function invitationsOn(server: Server): InvitationVerbs {
  const invitations = '/api/v1/invitations';
  const body = ({ expiresAt, ...rest }: NewInvitation) => ({ ...rest, expires_at: momentOf(expiresAt) });
  return {
    list: ({ pageSize }) => thingsIn(server.pages(invitations, { limit: String(pageSize) })),
    create: async (one) => thingIn(await server.confirmed('POST', invitations, { body: body(one) })),
    revoke: async (id) => void (await server.confirmed('DELETE', `${invitations}/${segment(id)}`)),
  };
}

function sessionsOn(server: Server): SessionVerbs {
  const sessions = '/api/v1/sessions';
  return {
    list: ({ pageSize }) => thingsIn(server.pages(sessions, { limit: String(pageSize) })),
    end: async (id) => void (await server.call('DELETE', `${sessions}/${segment(id)}`)),
    async endAll(owner) {
      if (owner !== undefined) return usersOn(server).end(owner, { tokens: false });
      if (server.credential === 'none') throw notSignedIn();
      await server.endSessions();
    },
  };
}

const notSignedIn = () => new CommandError(exit.notAllowed, 'not_signed_in', 'You are not signed in.');

const auditOn = (server: Server): AuditVerbs => ({
  list({ pageSize, from, to, ...filter }) {
    const query = { ...filter, from: momentOf(from), to: momentOf(to), limit: String(pageSize) };
    return thingsIn(server.pages('/api/v1/audit', query));
  },
});

/** A name as a segment of a path. A URL has no segments of these names: they lead to another path. */
function segment(name: string): string {
  if (name !== '' && name !== '.' && name !== '..') return encodeURIComponent(name);
  throw new CommandError(exit.refused, 'not_found', 'There is nothing of this name.');
}

async function* thingsIn(answers: AsyncIterable<unknown>): AsyncIterable<Thing> {
  for await (const one of answers) yield thingIn(one);
}

function thingIn(answer: unknown): Thing {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Thing;
  throw new CommandError(exit.failed, 'unexpected_answer', 'The server did not answer as the API of Gatewarden does.');
}
