import type { NewClient } from 'gatewarden';
import type { Reply } from './attacker.ts';
import { type Besieged, type Front, own } from './fronts.ts';

/** An id and a secret, as an application has them. */
export type Identity = Readonly<{ id: string; secret: string }>;

export type Bearer = Readonly<{ authorization: string }>;
export const bearer = (token: string): Bearer => ({ authorization: `Bearer ${token}` });

export const basic = ({ id, secret }: Identity): Bearer => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

let serial = 0;

/** Makes a client as the program itself would: it comes from nothing that could end. */
export async function newClient(here: Besieged, client: Partial<NewClient> = {}): Promise<Identity> {
  const clientId = client.clientId ?? `client-${++serial}`;
  const made = await here.gate.clients.create({ name: clientId, ...client, clientId });
  if (!made.ok) throw new Error(`no client ${clientId}: ${JSON.stringify(made.refusal)}`);
  return { id: clientId, secret: made.value.secret };
}

/** Asks the token endpoint; a client's id and secret go into `Authorization`. */
export const askForToken = (
  front: Front,
  identity: Identity | undefined,
  fields: Readonly<Record<string, string>> = { grant_type: 'client_credentials' },
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> => front.form(`${own}/oauth/token`, fields, { ...(identity && basic(identity)), ...headers });

/** The access token of a client, as a header. */
export async function accessOf(front: Front, identity: Identity, scope?: string): Promise<Bearer> {
  const fields = { grant_type: 'client_credentials', ...(scope !== undefined && { scope }) };
  const reply = await askForToken(front, identity, fields);
  if (reply.status !== 200) throw new Error(`the token endpoint answered ${reply.status}: ${reply.text}`);
  return bearer(JSON.parse(reply.text).access_token);
}

/** What each front answers to a request with these headers. */
export const statusesOf = (here: Besieged, headers: Bearer, target = '/inbox'): Promise<number[]> =>
  Promise.all(here.fronts.map(async (front) => (await front.ask(target, { headers })).status));
