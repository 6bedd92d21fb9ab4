import type { Result, UserEdit, UserView } from 'gatewarden';
import type { InternalGate } from '#gate';
import type { LocalOptions } from '../environment.ts';
import { CommandError, exit, refusedBy } from '../exit.ts';
import { commandActor, onStore } from '../local.ts';
import type { Output } from '../output.ts';
import { newPassword, type PasswordOptions } from '../password-input.ts';
import { userColumns, userData, userRow } from '../user-view.ts';

export interface UserOptions extends LocalOptions {
  readonly local?: boolean;
  readonly yes?: boolean;
}

/** User commands need `--local`: this version cannot sign in to a server. */
function mustBeLocal(options: UserOptions): void {
  if (options.local) return;
  throw new CommandError(
    exit.usage,
    'not_signed_in',
    'This version works on the store only: add --local. Asking a server needs `gatewarden auth login`, which is not there yet.',
  );
}

async function locally<T>(
  options: UserOptions,
  act: (gate: InternalGate) => Promise<T>,
  store: { makes?: boolean } = {},
): Promise<T> {
  mustBeLocal(options);
  return onStore(options, act, store);
}

function made(result: Result<UserView>, username: string): UserView {
  if (!result.ok) throw refusedBy(result.refusal, username);
  return result.value;
}

const show = (user: UserView, out: Output) => out.one(userRow(user), userData(user));

/** `user list`: every user, by name; `search` is a prefix of the name. */
export async function listUsers(options: UserOptions & { search?: string }, out: Output): Promise<void> {
  await locally(options, async (gate) => {
    const users: UserView[] = [];
    let cursor: string | undefined;
    do {
      const page = await gate.users.list({ limit: 200, cursor, q: options.search });
      users.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined);
    out.list(userColumns, users.map(userRow), users.map(userData));
  });
}

/** `user show`. */
export async function showUser(username: string, options: UserOptions, out: Output): Promise<void> {
  await locally(options, async (gate) => {
    const user = await gate.users.get(username);
    if (!user) throw refusedBy({ code: 'not_found', detail: 'There is no such user.' }, username);
    show(user, out);
  });
}

export interface AddOptions extends UserOptions, PasswordOptions {
  readonly role?: string;
  readonly email?: string;
  readonly displayName?: string;
  readonly inactive?: boolean;
  readonly reuseName?: boolean;
}

/** `user add`: active at once unless `--inactive`. */
export async function addUser(username: string, options: AddOptions, out: Output): Promise<void> {
  mustBeLocal(options);
  const password = await newPassword(username, options, out);
  await locally(
    options,
    async (gate) => {
      const { role, email, displayName, reuseName } = options;
      const active = options.inactive !== true;
      const user = { username, password, role, email, displayName, active, reuseName };
      show(made(await gate.users.create(user, commandActor()), username), out);
    },
    { makes: true },
  );
}

async function edit(username: string, change: UserEdit, options: UserOptions, out: Output): Promise<void> {
  await locally(options, async (gate) =>
    show(made(await gate.users.edit(username, change, commandActor()), username), out),
  );
}

/** `user set-role`: what the user is signed in with goes on with the new role. */
export const setRole = (username: string, role: string, options: UserOptions, out: Output): Promise<void> =>
  edit(username, { role }, options, out);

/** `user activate` and `user deactivate`. */
export const setActive = (username: string, active: boolean, options: UserOptions, out: Output): Promise<void> =>
  edit(username, { active }, options, out);

/** `user set-password`: every session and access token of the user ends; API tokens stay. */
export async function setPassword(
  username: string,
  options: UserOptions & PasswordOptions,
  out: Output,
): Promise<void> {
  mustBeLocal(options);
  await edit(username, { password: await newPassword(username, options, out) }, options, out);
  out.note(`All sessions of ${username} have ended; API tokens stay valid.`);
}

/** `user delete`: asks first, or wants `--yes`. */
export async function deleteUser(username: string, options: UserOptions, out: Output): Promise<void> {
  await locally(options, async (gate) => {
    const { sure } = await import('../prompts.ts');
    await sure(`Delete ${username}, with all sessions and tokens?`, options.yes === true);
    const removed = await gate.users.remove(username, commandActor());
    if (!removed.ok) throw refusedBy(removed.refusal, username);
    out.note(`${username} is deleted.`);
  });
}
