import type { Command } from 'commander';
import { administrative } from './administrative-command.ts';
import type { AuditOptions } from './commands/audit.ts';
import { limitOption } from './listing.ts';
import { pastMoment } from './moment.ts';
import type { Said } from './shared-options.ts';

/** Adds `audit`. */
export function addAudit(program: Command, said: Said): void {
  administrative(program)('audit', 'show who did what, when, from where, with which result; the newest first', [
    'audit --event login.failed --since 24h',
    'audit --subject user:vera --limit 500 -o json',
    'audit --follow -o plain',
  ])
    .option('--event <name>', 'only events of this name, such as login.failed or user.changed')
    .option('--actor <name>', 'only what this user, client or command did')
    .option('--subject <subject>', 'only what was done to this, such as user:vera')
    .option('--outcome <outcome>', 'only this result: ok, or the code of a refusal')
    .option('--since <time>', 'only from then on: a date, a time (RFC 3339), or how long ago, such as 2h', pastMoment)
    .option('--until <time>', 'only up to then', pastMoment)
    .addOption(limitOption('the newest so many').default(100))
    .option('--follow', 'the oldest first, and go on with what comes until the command is stopped; a record a line')
    .action(async (options: AuditOptions) => (await import('./commands/audit.ts')).showAudit(options, said));
}
