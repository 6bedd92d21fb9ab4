import type { Command } from 'commander';
import type { AddOptions, UserOptions } from './commands/user.ts';
import type { PasswordOptions } from './password-input.ts';
import { envFile, passwordOptions, type Said } from './shared-options.ts';

const code = () => import('./commands/user.ts');

/** Adds `user` and its subcommands. */
export function addUser(program: Command, said: Said): void {
  const user = program.command('user').description('manage users');
  const command = (usage: string, description: string) =>
    user.command(usage).description(description).option('--local', 'work on the store itself').addOption(envFile());
  addReading(command, said);
  addMaking(command, said);
  addChanging(command, said);
}

type Adder = (usage: string, description: string) => Command;

function addReading(command: Adder, { out }: Said): void {
  command('list', 'list users')
    .option('--search <prefix>', 'only names that begin so')
    .action(async (options: UserOptions & { search?: string }) => (await code()).listUsers(options, out()));
  command('show <username>', 'show one user').action(async (username: string, options: UserOptions) =>
    (await code()).showUser(username, options, out()),
  );
}

function addMaking(command: Adder, { out, globals }: Said): void {
  passwordOptions(command('add <username>', 'add a user'))
    .option('--role <role>', 'role of the user (default: GATEWARDEN_DEFAULT_ROLE)')
    .option('--email <address>', 'e-mail address')
    .option('--display-name <name>', 'name as people write it')
    .option('--inactive', 'may not sign in yet')
    .option('--reuse-name', 'give the name of a deleted user again')
    .action(async (username: string, options: AddOptions) => (await code()).addUser(username, options, out()));
  command('delete <username>', 'delete a user').action(async (username: string, options: UserOptions) =>
    (await code()).deleteUser(username, { ...options, yes: globals().yes }, out()),
  );
}

function addChanging(command: Adder, { out }: Said): void {
  command('set-role <username> <role>', 'change the role').action(
    async (username: string, role: string, options: UserOptions) =>
      (await code()).setRole(username, role, options, out()),
  );
  command('activate <username>', 'let the user sign in').action(async (username: string, options: UserOptions) =>
    (await code()).setActive(username, true, options, out()),
  );
  command('deactivate <username>', 'let the user in no more').action(async (username: string, options: UserOptions) =>
    (await code()).setActive(username, false, options, out()),
  );
  passwordOptions(command('set-password <username>', 'give a new password')).action(
    async (username: string, options: UserOptions & PasswordOptions) =>
      (await code()).setPassword(username, options, out()),
  );
}
