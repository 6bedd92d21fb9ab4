import { type Command, Option } from 'commander';
import type { LogoutOptions } from './commands/logout.ts';
import type { MintOptions } from './commands/mint.ts';
import type { NewTokenOptions } from './commands/own-tokens.ts';
import { futureMoment } from './moment.ts';
import type { SignInOptions } from './new-sign-in.ts';
import { passwordOptions, type Said } from './shared-options.ts';

/** Adds `auth` with its subcommands, `login`, `logout` and `token`. */
export function addAuth(program: Command, said: Said): void {
  const auth = program.command('auth').description('sign in to a server, sign out, and manage your API tokens');
  for (const parent of [auth, program]) {
    addLogin(parent, said);
    addLogout(parent, said);
  }
  auth
    .command('status')
    .description('ask the server who you are')
    .action(async () => (await import('./commands/status.ts')).status(said.globals(), said.out()));
  addOwnTokens(auth.command('token').description('manage your API tokens'), said);
  addMint(program, said);
}

const loginHelp = `
The sign-in is kept in $XDG_CONFIG_HOME/gatewarden, by default ~/.config/gatewarden, in the context that --context names.
GATEWARDEN_TOKEN works without signing in.`;

function addLogin(parent: Command, { out, globals }: Said): void {
  passwordOptions(parent.command('login').argument('[username]', 'who you are; on a terminal it is asked for'))
    .description('sign in, and stay signed in')
    .option('--username <name>', 'the same as the argument')
    .option('--token <token>', 'keep this API or access token; - reads it from stdin, which others cannot see')
    .option(
      '--token-name <name>',
      'keep an API token of this name, in place of the one of that name, instead of a session',
    )
    .option('--web', 'sign in by a browser, on this machine or another')
    .addHelpText('after', loginHelp)
    .action(async (name: string | undefined, options: SignInOptions) =>
      (await import('./commands/login.ts')).login(name, options, globals(), out()),
    );
}

function addLogout(parent: Command, { out, globals }: Said): void {
  parent
    .command('logout')
    .description('end the session on the server, and forget it')
    .option('--revoke', 'revoke the API token too, where one is kept')
    .option('--all', 'end all of your sessions, everywhere')
    .option('--force', 'forget the sign-in although the server did not confirm its end')
    .action(async (options: LogoutOptions) => (await import('./commands/logout.ts')).logout(options, globals(), out()));
}

function addOwnTokens(tokens: Command, { out, globals }: Said): void {
  const code = () => import('./commands/own-tokens.ts');
  tokens
    .command('list')
    .description('list your API tokens')
    .action(async () => (await code()).listOwnTokens(globals(), out()));
  tokens
    .command('create <name>')
    .description('make an API token, and print it: it is shown this once')
    .option('--role <role>', 'at most this role (default: what you have)')
    .option('--scopes <scopes>', 'only these scopes, separated by commas (default: what you hold)')
    .option('--expires <time>', 'when it ends: a time such as 90d, or a date (default: never)', futureMoment)
    .action(async (name: string, options: NewTokenOptions) =>
      (await code()).createOwnToken(name, options, globals(), out()),
    );
  tokens
    .command('revoke <name>')
    .description('revoke one of your API tokens')
    .action(async (name: string) => (await code()).revokeOwnToken(name, globals(), out()));
}

function addMint(program: Command, { out, globals }: Said): void {
  program
    .command('token')
    .description('print an access token for somebody else (admins only)')
    .requiredOption('--principal <username>', 'whose token it is')
    .addOption(new Option('--type <type>', 'at most the role of this rung').choices(['User', 'Operator']))
    .option('--ttl <time>', 'how long it is valid: seconds, or a time such as 1h; at most 30d (default: 1h)')
    .option('--role <role>', 'at most this role')
    .action(async (options: MintOptions) => (await import('./commands/mint.ts')).mint(options, globals(), out()));
}
