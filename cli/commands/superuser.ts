import type { LocalOptions } from '../environment.ts';
import { type CommandError, refusedBy, usage } from '../exit.ts';
import { commandActor, onStore } from '../local.ts';
import { newPassword, type PasswordOptions } from '../password-input.ts';
import type { Said } from '../shared-options.ts';
import { userSheet } from '../sheets.ts';

export interface SuperuserOptions extends LocalOptions, PasswordOptions {
  /** Default: asked for on a terminal. */
  readonly username?: string;
}

/** `superuser`: creates an active admin. Never changes an existing user. */
export async function superuser(options: SuperuserOptions, said: Said): Promise<void> {
  const username = options.username ?? (await askedName());
  const password = await newPassword(username, options, said.out());
  await onStore(
    options,
    async (gate) => {
      if (await gate.users.get(username)) throw taken(username);
      const made = (await gate.firstAdmin.needed())
        ? await gate.firstAdmin.create(username, password, commandActor())
        : await gate.users.create({ username, password, role: 'admin', active: true }, commandActor());
      if (!made.ok) throw refusedBy(made.refusal, username);
      const { toUserJson } = await import('#gate');
      said.out().note(`${username} is an admin now.`);
      said.out().thing(userSheet, toUserJson(made.value));
    },
    { makes: true },
  );
}

async function askedName(): Promise<string> {
  const { askText, canAsk } = await import('../prompts.ts');
  if (!canAsk()) throw usage('There is no terminal to ask for the name on: use --username.');
  return askText('Name of the admin', 'admin');
}

const taken = (username: string): CommandError =>
  refusedBy(
    { code: 'conflict', detail: 'There is such a user already; see `gatewarden user set-role` and `set-password`.' },
    username,
  );
