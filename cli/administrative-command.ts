import { type Command, Option } from 'commander';
import { envFile } from './shared-options.ts';

/** Makes a subcommand: its usage, a sentence, and command lines that show how it is used. */
export type CommandAdder = (usage: string, description: string, examples?: readonly string[]) => Command;

/** Adds subcommands that ask a server, or work on the store itself with `--local`. */
export const administrative =
  (parent: Command): CommandAdder =>
  (usage, description, examples = []) =>
    withExamples(parent.command(usage), examples)
      .description(description)
      .addOption(new Option('--local', 'work on the store itself, on its machine, instead of asking a server'))
      .addOption(envFile());

/** Adds examples to the help text of a command. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  if (examples.length === 0) return command;
  const lines = examples.map((one) => `  gatewarden ${one}`);
  return command.addHelpText('after', `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.join('\n')}`);
}
