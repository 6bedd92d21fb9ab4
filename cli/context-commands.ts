import type { Command } from 'commander';
import type { Said } from './shared-options.ts';

/** Adds `context` and its subcommands. */
export function addContext(program: Command, { out, globals }: Said): void {
  const code = () => import('./commands/context.ts');
  const context = program.command('context').description('manage the servers that you work with, and how you sign in');
  context
    .command('list')
    .description('list the contexts')
    .action(async () => (await code()).listContexts(out()));
  context
    .command('show [name]')
    .description('show a context, without its secrets (default: the one in use)')
    .action(async (name: string | undefined) => (await code()).showContext(name, globals(), out()));
  context
    .command('use <name>')
    .description('use this context from now on')
    .action(async (name: string) => (await code()).useContext(name, out()));
  context
    .command('create <name>')
    .description('make a context, for the server of --server')
    .action(async (name: string) => (await code()).createContext(name, globals(), out()));
  context
    .command('delete <name>')
    .description('end its session on the server, and delete it')
    .action(async (name: string) => (await code()).deleteContext(name, out()));
  context
    .command('rename <from> <to>')
    .description('give a context another name')
    .action(async (from: string, to: string) => (await code()).renameContext(from, to, out()));
  addSetValue(context, { out, globals });
}

function addSetValue(context: Command, { out, globals }: Said): void {
  context
    .command('set-value <key> [value]')
    .description('set server, client-id or client-secret; an empty value removes it')
    .option('--stdin', 'read the value from stdin, as - does')
    .action(async (key: string, value: string | undefined, options: { stdin?: boolean }) =>
      (await import('./commands/set-context-value.ts')).setContextValue(key, value, options, globals(), out()),
    );
}
