import type { Command } from 'commander';
import type { AdministrationOptions } from './administration/administer.ts';
import { administrative } from './administrative-command.ts';
import type { InviteOptions } from './commands/invite.ts';
import { limitOption, wholeNumber } from './listing.ts';
import { futureMoment } from './moment.ts';
import type { Said } from './shared-options.ts';

const code = () => import('./commands/invite.ts');

/** Adds `invite` and its subcommands. */
export function addInvite(program: Command, said: Said): void {
  const invite = program
    .command('invite')
    .description('manage invitations, with which people sign themselves up')
    .addHelpText(
      'after',
      '\nThey work where GATEWARDEN_SIGNUP is invite or open. Operators invite for roles below their own, admins for any.',
    );
  const command = administrative(invite);
  command('create', 'make an invitation, and show its code and link this once', [
    'invite create --role viewer --uses 10 --expires 3d --note "The new office"',
  ])
    .option('--role <role>', 'role of who signs up (default: GATEWARDEN_DEFAULT_ROLE of the server)')
    .option('--uses <number>', 'how many may use it, 1 to 100 (default: 1)', wholeNumber)
    .option('--expires <time>', 'a date, a time (RFC 3339) or a time from now, at most 90d (default: 7d)', futureMoment)
    .option('--note <text>', 'for those who see the list, such as whom it is for')
    .action(async (options: InviteOptions) => (await code()).createInvitation(options, said));
  command('list', 'list invitations, the newest first; never their codes')
    .addOption(limitOption())
    .action(async (options: AdministrationOptions & { limit?: number }) =>
      (await code()).listInvitations(options, said),
    );
  command('revoke <id>', 'withdraw an invitation; accounts that were made with it stay').action(
    async (id: string, options: AdministrationOptions) => (await code()).revokeInvitation(id, options, said),
  );
}
