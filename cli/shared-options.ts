import { type Command, Option } from 'commander';
import type { Format, Output } from './output.ts';

export type Globals = Readonly<{ output: Format; quiet: boolean; yes: boolean }>;

/** What each command is given: its results go to `out`. Its code is loaded when it runs, not before. */
export type Said = Readonly<{ out: () => Output; globals: () => Globals }>;

/** Of the commands that work on a store. */
export const envFile = () =>
  new Option('--env-file <file>', 'read GATEWARDEN_* settings from this file too, as from .env');

/** Where a new password comes from; on a terminal it is asked for when none of these is there. */
export function passwordOptions(command: Command): Command {
  return command
    .option('--password-stdin', 'read the password from stdin')
    .option('--password-file <file>', 'read the password from a file')
    .option('--password <password>', 'the password itself: others on this machine can read it');
}
