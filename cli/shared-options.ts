import { type Command, Option } from 'commander';
import type { Format, Output } from './output.ts';

/** The options of the program, before or after a command's name. */
export type Globals = Readonly<{
  output: Format;
  quiet: boolean;
  yes: boolean;
  /** Name of a context: goes before `GATEWARDEN_CONTEXT` and the one in use. */
  context?: string;
  /** URL of a server: goes before `GATEWARDEN_SERVER` and that of the context. */
  server?: string;
  currentPasswordStdin?: boolean;
  currentPasswordFile?: string;
}>;

/** What each command gets. Modules of commands are loaded when they run. */
export type Said = Readonly<{ out: () => Output; globals: () => Globals }>;

/** An option of the commands that open a store. */
export const envFile = () =>
  new Option('--env-file <file>', 'read GATEWARDEN_* settings from this file too, as from .env');

/** Adds the options for a new password. Without any of them, the command asks on a terminal. */
export function passwordOptions(command: Command): Command {
  return command
    .option('--password-stdin', 'read the password from stdin')
    .option('--password-file <file>', 'read the password from a file')
    .option('--password <password>', 'the password itself: others on this machine can read it');
}
