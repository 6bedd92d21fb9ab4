import type { Command } from 'commander';
import { administrative } from './administrative-command.ts';
import type { SessionOptions } from './commands/session.ts';
import { limitOption } from './listing.ts';
import type { Said } from './shared-options.ts';

const code = () => import('./commands/session.ts');

/** Adds `session` and its subcommands. */
export function addSession(program: Command, said: Said): void {
  const session = program
    .command('session')
    .description('show where you are signed in, and end sessions')
    .addHelpText(
      'after',
      '\nA session is a sign-in: a browser’s, or one of this command. API tokens are not sessions.',
    );
  const command = administrative(session);
  command('list', 'list sessions, the newest first', ['session list', 'session list --local --user vera'])
    .option('--user <username>', 'those of this user; with --local only')
    .addOption(limitOption())
    .action(async (options: SessionOptions & { limit?: number }) => (await code()).listSessions(options, said));
  command('end [id]', 'end one session by its id, or all of them', [
    'session end 3kZr…',
    'session end --all --yes',
    'session end --all --user vera',
  ])
    .option('--all', 'end all sessions, the one of this command too; asks first')
    .option('--user <username>', 'those of this user; one by its id with --local only')
    .action(async (id: string | undefined, options: SessionOptions & { all?: boolean }) =>
      (await code()).endSession(id, options, said),
    );
}
