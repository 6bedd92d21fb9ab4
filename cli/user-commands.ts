import { type Command, Option } from 'commander';
import type { AdministrationOptions } from './administration/administer.ts';
import { administrative, type CommandAdder } from './administrative-command.ts';
import type { AddOptions, EditOptions, EndingOptions, ListOptions } from './commands/user.ts';
import { limitOption } from './listing.ts';
import type { PasswordOptions } from './password-input.ts';
import { passwordOptions, type Said } from './shared-options.ts';

const code = () => import('./commands/user.ts');

/** Adds `user` and its subcommands. */
export function addUser(program: Command, said: Said): void {
  const user = program
    .command('user')
    .description('manage users: on the server that you are signed in to, or in the store itself with --local')
    .addHelpText(
      'after',
      '\nOperators may list and show users, admins may change them. See also `gatewarden session`.',
    );
  const command = administrative(user);
  addReading(command, said);
  addMaking(command, said);
  addChanging(command, said);
  addEnding(command, said);
}

function addReading(command: CommandAdder, said: Said): void {
  command('list', 'list users by name', ['user list --search a --limit 20', 'user list -o json'])
    .option('--search <prefix>', 'only names that begin so')
    .option('--role <role>', 'only users of this role')
    .addOption(new Option('--state <state>', 'only users in this state').choices(['pending', 'active', 'disabled']))
    .addOption(limitOption())
    .action(async (options: ListOptions) => (await code()).listUsers(options, said));
  command('show <username>', 'show one user').action(async (username: string, options: AdministrationOptions) =>
    (await code()).showUser(username, options, said),
  );
}

function addMaking(command: CommandAdder, said: Said): void {
  const add = command('add <username>', 'add a user; the password is asked for on a terminal', [
    'user add vera --role viewer --email vera@example.com',
    'user add ci --password-stdin < password.txt',
  ]);
  passwordOptions(add)
    .option('--without-password', 'no password: the user cannot sign in with one until it is set')
    .option('--role <role>', 'role of the user (default: GATEWARDEN_DEFAULT_ROLE of the server)')
    .option('--email <address>', 'e-mail address')
    .option('--display-name <name>', 'name as people write it')
    .option('--inactive', 'may not sign in until activated')
    .option('--reuse-name', 'give the name of a deleted user again')
    .action(async (username: string, options: AddOptions) => (await code()).addUser(username, options, said));
}

function addChanging(command: CommandAdder, said: Said): void {
  command('edit <username>', 'change an e-mail address, a display name or a role', [
    'user edit vera --email vera@example.com',
    'user edit vera --no-display-name',
  ])
    .option('--email <address>', 'new e-mail address')
    .option('--no-email', 'take the e-mail address away')
    .option('--display-name <name>', 'new name as people write it')
    .option('--no-display-name', 'take the display name away')
    .option('--role <role>', 'new role')
    .action(async (username: string, options: EditOptions) => (await code()).editUser(username, options, said));
  command('set-role <username> <role>', 'change the role; what the user is signed in with goes on with it', [
    'user set-role vera operator',
  ]).action(async (username: string, role: string, options: AdministrationOptions) =>
    (await code()).setRole(username, role, options, said),
  );
  command('activate <username>', 'let the user sign in').action(async (username: string, options: EndingOptions) =>
    (await code()).setActive(username, true, options, said),
  );
  addSettingPassword(command, said);
}

function addSettingPassword(command: CommandAdder, said: Said): void {
  const usage = 'set-password [username]';
  const setPassword = command(usage, 'set a new password, your own without a name; the sessions with the old one end', [
    'user set-password',
    'user set-password vera',
    'user set-password vera --password-file new.txt --end-tokens',
  ]);
  passwordOptions(setPassword)
    .option('--end-tokens', 'end the API tokens too')
    .action(async (username: string | undefined, options: EndingOptions & PasswordOptions) =>
      username === undefined
        ? (await import('./commands/own-password.ts')).setOwnPassword(options, said)
        : (await code()).setPassword(username, options, said),
    );
}

function addEnding(command: CommandAdder, said: Said): void {
  command('deactivate <username>', 'let the user sign in no more; all sessions end, API tokens are refused')
    .option('--end-tokens', 'end the API tokens too, so that they stay refused after a later activation')
    .action(async (username: string, options: EndingOptions) =>
      (await code()).setActive(username, false, options, said),
    );
  command('end <username>', 'end all sessions and API tokens of a user; asks first', ['user end vera --keep-tokens'])
    .option('--keep-tokens', 'API tokens stay valid')
    .action(async (username: string, options: AdministrationOptions & { keepTokens?: boolean }) =>
      (await code()).endUser(username, options, said),
    );
  command('delete <username>', 'delete a user with all that they hold; asks first', ['user delete vera --yes']).action(
    async (username: string, options: AdministrationOptions) => (await code()).deleteUser(username, options, said),
  );
}
