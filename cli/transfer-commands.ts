import type { Command } from 'commander';
import type { ExportOptions } from './commands/export.ts';
import type { ImportOptions } from './commands/import.ts';
import type { LocalOptions } from './environment.ts';
import { envFile, type Said } from './shared-options.ts';

const secrets = '\nThe file holds password hashes and sealed keys: keep it as you keep the store. See docs/moving.md.';

/** Adds `export`, `import` and `backup`. */
export function addTransfer(program: Command, { out, globals }: Said): void {
  program
    .command('export')
    .description('write everything durable as JSON lines, from the store itself')
    .option('--file <file>', 'where to; - is stdout', '-')
    .addOption(envFile())
    .addHelpText('after', secrets)
    .action(async (options: ExportOptions) => {
      await (await import('./commands/export.ts')).exportAll(options, globals(), out());
    });
  program
    .command('import')
    .description('bring an export in, into the store itself')
    .option('--file <file>', 'where from; - is stdin', '-')
    .option('--replace', 'overwrite what differs, and give the names of deleted users again')
    .addOption(envFile())
    .addHelpText('after', secrets)
    .action(async (options: ImportOptions) => {
      await (await import('./commands/import.ts')).importAll(options, globals(), out());
    });
  program
    .command('backup <file>')
    .description('copy the SQLite file, while a gateway runs on it')
    .addOption(envFile())
    .addHelpText('after', '\nMode 0600, whole or not at all; --yes replaces a file. To restore it, see docs/backup.md.')
    .action(async (file: string, options: LocalOptions) => {
      await (await import('./commands/backup.ts')).backup(file, options, globals(), out());
    });
}
