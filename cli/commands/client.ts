import type { ClientEdit } from 'gatewarden';
import { type AdministrationOptions, about, administer, type Subject } from '../administration/administer.ts';
import { confirmed } from '../confirmed.ts';
import { usage } from '../exit.ts';
import { first, pageSizeFor } from '../listing.ts';
import type { Said } from '../shared-options.ts';
import { clientSheet, issuedClientSheet } from '../sheets.ts';

const client = (name: string): Subject => ({ noun: 'client', name, list: 'client list' });

const shownOnce = 'The secret is shown this once: keep it where only the client can read it.';

/** `client list`: by id. */
export const listClients = (options: AdministrationOptions & { limit?: number }, said: Said): Promise<void> =>
  administer(options, said, ({ clients }) => {
    const { limit } = options;
    return said.out().things(clientSheet, first(limit, clients.list({ pageSize: pageSizeFor(limit) })));
  });

/** `client show`. */
export const showClient = (id: string, options: AdministrationOptions, said: Said): Promise<void> =>
  administer(options, said, async ({ clients }) =>
    said.out().thing(clientSheet, await about(client(id), () => clients.get(id))),
  );

export interface NewClientOptions extends AdministrationOptions {
  readonly clientId?: string;
  readonly role?: string;
  readonly scopes?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expires?: number;
}

/** `client create`: shows the secret once. */
export const createClient = (name: string, options: NewClientOptions, said: Said): Promise<void> =>
  administer(options, said, async ({ clients }) => {
    const { clientId, role, scopes, expires: expiresAt } = options;
    const wish = { name, clientId, role, scopes, expiresAt };
    said.out().thing(issuedClientSheet, await about(client(clientId ?? name), () => clients.create(wish)));
    said.out().note(shownOnce);
  });

export interface ClientEditOptions extends AdministrationOptions {
  readonly name?: string;
  readonly role?: string;
  /** `false`: `--no-scopes`. */
  readonly scopes?: readonly string[] | false;
  readonly endTokens?: boolean;
  readonly endOlderSecrets?: boolean;
}

/** `client edit`: what is not named stays as it is. */
export async function editClient(id: string, options: ClientEditOptions, said: Said): Promise<void> {
  const { name, role, scopes, endTokens, endOlderSecrets } = options;
  const edit = { name, role, scopes: scopes === false ? [] : scopes, endTokens, endOlderSecrets };
  if (Object.values(edit).every((one) => one === undefined)) {
    throw usage(
      'Nothing to change: give --name, --role, --scopes, --end-tokens or --end-older-secrets, see `gatewarden client edit --help`.',
    );
  }
  await change(id, edit, options, said);
}

/** `client activate` and `client deactivate`. */
export const setClientActive = (
  id: string,
  active: boolean,
  options: AdministrationOptions,
  said: Said,
): Promise<void> => change(id, { active }, options, said);

const change = (id: string, edit: ClientEdit, options: AdministrationOptions, said: Said): Promise<void> =>
  administer(options, said, async ({ clients }) =>
    said.out().thing(clientSheet, await about(client(id), () => clients.edit(id, edit))),
  );

/** `client secret`: another secret, shown once. With `endOthers` it asks first, or wants `--yes`. */
export async function addSecret(
  id: string,
  options: AdministrationOptions & { endOthers?: boolean },
  said: Said,
): Promise<void> {
  const { endOthers } = options;
  if (endOthers) await confirmed(`End all other secrets of ${id}, and what was issued for them?`, said);
  await administer(options, said, async ({ clients }) =>
    said.out().thing(issuedClientSheet, await about(client(id), () => clients.addSecret(id, { endOthers }))),
  );
  said.out().note(shownOnce);
}

/** `client delete`: asks first, or wants `--yes`. */
export async function deleteClient(id: string, options: AdministrationOptions, said: Said): Promise<void> {
  await confirmed(`Delete the client ${id}? Its id is not given again.`, said);
  await administer(options, said, ({ clients }) => about(client(id), () => clients.remove(id)));
  said.out().note(`${id} is deleted.`);
}
