import type { Argument, Command, Option } from 'commander';

/** What can be completed for the value of an option or an argument. */
export type ValueKind =
  | Readonly<{ kind: 'choices'; choices: readonly string[] }>
  | Readonly<{ kind: 'file' | 'context' | 'nothing' }>;

export type OptionEntry = Readonly<{
  /** Such as `-o` and `--output`. */
  names: readonly string[];
  description: string;
  /** Absent for a flag. */
  value?: ValueKind;
}>;

/** A command of the program, with what can follow it. */
export type CommandEntry = Readonly<{
  /** Such as `/user/list`; '' for the program itself. */
  path: string;
  description: string;
  commands: readonly Readonly<{ name: string; description: string }>[];
  /** Its own. */
  options: readonly OptionEntry[];
  /** The value of its first argument. */
  value: ValueKind;
}>;

/** The commands of a program, and the options that every one of them has. */
export type CommandTree = Readonly<{ commands: readonly CommandEntry[]; options: readonly OptionEntry[] }>;

/** Every command of a program, with the program itself as the first one. */
export function commandTree(program: Command): CommandTree {
  const options = optionsOf(program);
  const shared = new Set(options.map(({ names }) => names.at(-1)));
  const commands = entriesOf(program, '').map((entry) => ({
    ...entry,
    options: entry.options.filter(({ names }) => !shared.has(names.at(-1))),
  }));
  return { commands, options };
}

const optionsOf = (command: Command): readonly OptionEntry[] =>
  command.createHelp().visibleOptions(command).map(optionEntry);

function entriesOf(command: Command, path: string, siblings: readonly string[] = []): readonly CommandEntry[] {
  const visible = command.createHelp().visibleCommands(command);
  const names = visible.map((one) => one.name());
  const entry: CommandEntry = {
    path,
    description: command.description(),
    commands: visible.map((one) => ({ name: one.name(), description: one.description() })),
    options: optionsOf(command),
    value:
      command.name() === 'help'
        ? { kind: 'choices', choices: siblings }
        : valueOfArgument(command.registeredArguments[0]),
  };
  return [entry, ...visible.flatMap((one) => entriesOf(one, `${path}/${one.name()}`, names))];
}

function optionEntry(option: Option): OptionEntry {
  const names = [option.short, option.long].filter((one) => one !== undefined);
  const takesValue = option.required || option.optional;
  return { names, description: option.description, ...(takesValue && { value: valueOfOption(option) }) };
}

function valueOfOption({ argChoices, flags, long }: Option): ValueKind {
  if (argChoices !== undefined) return { kind: 'choices', choices: argChoices };
  if (long === '--context') return { kind: 'context' };
  return { kind: /<file>/.test(flags) ? 'file' : 'nothing' };
}

function valueOfArgument(argument: Argument | undefined): ValueKind {
  if (argument?.argChoices !== undefined) return { kind: 'choices', choices: argument.argChoices };
  const name = argument?.name();
  return { kind: name === 'file' || name === 'context' ? name : 'nothing' };
}
