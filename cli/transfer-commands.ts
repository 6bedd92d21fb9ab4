import type { Command } from 'commander';
import type { ExportOptions } from './commands/export.ts';
import type { ImportOptions } from './commands/import.ts';
import { envFile, type Said } from './shared-options.ts';

const secrets = '\nThe file holds password hashes and sealed keys: keep it as you keep the store. See docs/moving.md.';

/** Adds `export` and `import`. */
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
}
