import type { UserEdit, UserView } from 'gatewarden';
import { type AdministrationOptions, about, administer, type Subject } from '../administration/administer.ts';
import { confirmed } from '../confirmed.ts';
import { usage } from '../exit.ts';
import { first, pageSizeFor } from '../listing.ts';
import { type PasswordOptions, passwordSource } from '../password-input.ts';
import type { Said } from '../shared-options.ts';
import { userSheet } from '../sheets.ts';

export interface ListOptions extends AdministrationOptions {
  readonly search?: string;
  readonly role?: string;
  readonly state?: UserView['state'];
  readonly limit?: number;
}

const user = (name: string): Subject => ({ noun: 'user', name, list: 'user list' });

/** `user list`: by name; `search` is a prefix of the name. */
export const listUsers = (options: ListOptions, said: Said): Promise<void> =>
  administer(options, said, ({ users }) => {
    const { search: q, role, state, limit } = options;
    return said.out().things(userSheet, first(limit, users.list({ q, role, state, pageSize: pageSizeFor(limit) })));
  });

/** `user show`. */
export const showUser = (username: string, options: AdministrationOptions, said: Said): Promise<void> =>
  administer(options, said, async ({ users }) =>
    said.out().thing(userSheet, await about(user(username), () => users.get(username))),
  );

export interface AddOptions extends AdministrationOptions, PasswordOptions {
  readonly role?: string;
  readonly email?: string;
  readonly displayName?: string;
  readonly inactive?: boolean;
  readonly reuseName?: boolean;
  readonly withoutPassword?: boolean;
}

/** `user add`: active at once unless `--inactive`. */
export async function addUser(username: string, options: AddOptions, said: Said): Promise<void> {
  const { role, email, displayName, reuseName } = options;
  const readPassword = newPasswordOf(username, options, said);
  const active = options.inactive !== true;
  await administer(
    options,
    said,
    async ({ users }) => {
      const one = { username, password: await readPassword?.(), role, email, displayName, active, reuseName };
      said.out().thing(userSheet, await about(user(username), () => users.add(one)));
    },
    { makes: true },
  );
}

function newPasswordOf(username: string, options: AddOptions, said: Said): (() => Promise<string>) | undefined {
  if (!options.withoutPassword) return passwordSource(username, options, said);
  const { passwordStdin, passwordFile, password } = options;
  if (passwordStdin || passwordFile !== undefined || password !== undefined) {
    throw usage('--without-password and a password exclude each other: give one of them.');
  }
  return undefined;
}

const edit = (username: string, change: UserEdit, options: AdministrationOptions, said: Said): Promise<void> =>
  administer(options, said, async ({ users }) =>
    said.out().thing(userSheet, await about(user(username), () => users.edit(username, change))),
  );

export interface EditOptions extends AdministrationOptions {
  /** `false`: `--no-email`. */
  readonly email?: string | false;
  readonly displayName?: string | false;
  readonly role?: string;
}

/** `user edit`: what is not named stays as it is. */
export async function editUser(username: string, options: EditOptions, said: Said): Promise<void> {
  const { email, displayName, role } = options;
  if (email === undefined && displayName === undefined && role === undefined) {
    throw usage('Nothing to change: give --email, --display-name or --role, see `gatewarden user edit --help`.');
  }
  const change = { role, email: orNothing(email), displayName: orNothing(displayName) };
  await edit(username, change, options, said);
}

const orNothing = (given: string | false | undefined): string | null | undefined => (given === false ? null : given);

/** `user set-role`: what the user is signed in with goes on with the new role. */
export const setRole = (username: string, role: string, options: AdministrationOptions, said: Said): Promise<void> =>
  edit(username, { role }, options, said);

export interface EndingOptions extends AdministrationOptions {
  readonly endTokens?: boolean;
}

/** `user activate` and `user deactivate`. */
export const setActive = (username: string, active: boolean, options: EndingOptions, said: Said): Promise<void> =>
  edit(username, { active, endTokens: options.endTokens }, options, said);

/** `user set-password`: every session and access token of the user ends; API tokens stay unless `--end-tokens`. */
export async function setPassword(
  username: string,
  options: EndingOptions & PasswordOptions,
  said: Said,
): Promise<void> {
  const { endTokens } = options;
  const readPassword = passwordSource(username, options, said);
  await administer(options, said, async ({ users }) => {
    const change = { password: await readPassword(), endTokens };
    said.out().thing(userSheet, await about(user(username), () => users.edit(username, change)));
  });
  const tokens = endTokens ? 'All sessions and API tokens' : 'All sessions';
  said.out().note(`${tokens} of ${username} have ended${endTokens ? '.' : '; API tokens stay valid.'}`);
}

/** `user end`: asks first, or wants `--yes`. */
export async function endUser(
  username: string,
  options: AdministrationOptions & { keepTokens?: boolean },
  said: Said,
): Promise<void> {
  const tokens = options.keepTokens !== true;
  const what = tokens ? 'all sessions and API tokens' : 'all sessions';
  await confirmed(`End ${what} of ${username}?`, said);
  await administer(options, said, ({ users }) => about(user(username), () => users.end(username, { tokens })));
  said.out().note(`${what} of ${username} have ended.`.replace(/^a/, 'A'));
}

/** `user delete`: asks first, or wants `--yes`. */
export async function deleteUser(username: string, options: AdministrationOptions, said: Said): Promise<void> {
  await confirmed(`Delete ${username}, with all sessions and tokens?`, said);
  await administer(options, said, ({ users }) => about(user(username), () => users.remove(username)));
  said.out().note(`${username} is deleted.`);
}
